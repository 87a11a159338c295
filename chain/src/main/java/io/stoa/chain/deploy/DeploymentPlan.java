package io.stoa.chain.deploy;

import io.stoa.domain.Address;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What a deployment is to be like. The same plan always gives the same addresses.
 *
 * @param admin may call the restricted functions until it grants roles
 * @param handleDelay between committing to a handle and claiming it: 1 second to a day
 * @param reservedNames handles that nobody may claim; set only if the deployer is the admin
 * @param dollar the chain's dollar token; on development chains empty for one of our own
 * @param minter of our own dollar token; elsewhere without meaning
 */
public record DeploymentPlan(
    Address admin,
    Duration handleDelay,
    List<String> reservedNames,
    Optional<Address> dollar,
    Address minter) {

  public DeploymentPlan {
    reservedNames = List.copyOf(reservedNames);
  }

  /** For a development chain: everything in the deployer's hands, handles after a second. */
  public static DeploymentPlan development(Address deployer) {
    return new DeploymentPlan(
        deployer, Duration.ofSeconds(1), List.of(), Optional.empty(), deployer);
  }
}
