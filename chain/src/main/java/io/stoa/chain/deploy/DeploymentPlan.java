package io.stoa.chain.deploy;

import io.stoa.domain.Address;
import io.stoa.domain.BasisPoints;
import io.stoa.domain.Bytes32;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What a market is to be like on its first day. The same plan, deployed by the same account, always
 * gives the same addresses. Everything but the people and the tokens can be changed by the DAO
 * later, within the bounds that the contracts state.
 *
 * @param guardian may close contracts for new business for a while; not the deployer
 * @param guardianTerm how long it may, at most a year
 * @param tokenHolder receives all market tokens there will ever be
 * @param dollar the chain's dollar token; on development chains empty for one of our own
 * @param minter of our own dollar token; elsewhere without meaning
 * @param drop market tokens for a list of accounts, if there is one
 * @param names how handles are claimed
 * @param voting how the DAO decides
 * @param disputes how long the court takes, and what opening a dispute takes
 * @param panel who judges until the DAO elects others; without one no dispute can be opened
 * @param protocolFee of all revenue of listings, at most 10 %
 * @param marketFee of resales, at most 5 %
 * @param lockMinimum atomic units of the market token
 * @param acceptance how long a client has to look at a submitted job
 */
public record DeploymentPlan(
    Address guardian,
    Duration guardianTerm,
    Address tokenHolder,
    Optional<Address> dollar,
    Address minter,
    Optional<Drop> drop,
    Names names,
    Voting voting,
    Disputes disputes,
    Optional<Panel> panel,
    BasisPoints protocolFee,
    BasisPoints marketFee,
    BigInteger lockMinimum,
    Duration acceptance) {

  private static final BigInteger TOKEN = BigInteger.TEN.pow(18);

  private static final Voting UNHURRIED_VOTING =
      new Voting(
          Duration.ofDays(2),
          Duration.ofDays(1),
          Duration.ofDays(7),
          Duration.ofDays(2),
          tokens(100_000));

  private static final Disputes UNHURRIED_DISPUTES =
      new Disputes(
          Duration.ofDays(5),
          Duration.ofDays(7),
          Duration.ofDays(3),
          Duration.ofDays(3),
          new BasisPoints(500));

  /**
   * @param delay between committing to a handle and claiming it: 1 second to a day
   * @param reserved handles that nobody may claim
   * @param bond atomic units of the market token that a claim deposits; may be zero
   */
  public record Names(Duration delay, List<String> reserved, BigInteger bond) {
    public Names {
      reserved = List.copyOf(reserved);
    }
  }

  /**
   * @param timelock between a decision and what follows from it
   * @param delay between a proposal and its vote
   * @param period of a vote
   * @param extension how long a vote goes on at least after its quorum was reached
   * @param threshold power that a proposal takes, in atomic units of the market token
   */
  public record Voting(
      Duration timelock,
      Duration delay,
      Duration period,
      Duration extension,
      BigInteger threshold) {}

  /**
   * @param evidence how long evidence is taken
   * @param ruling how long the panel then has
   * @param appeal how long a ruling can then be appealed against
   * @param margin how much longer than an appeal's vote the court waits for its result
   * @param bond part of what is at stake that opening a dispute takes
   */
  public record Disputes(
      Duration evidence, Duration ruling, Duration appeal, Duration margin, BasisPoints bond) {}

  /**
   * @param members 3 to 9
   * @param threshold how many of them must agree: more than half, and not all
   */
  public record Panel(List<Address> members, int threshold) {
    public Panel {
      members = List.copyOf(members);
    }
  }

  /**
   * A list of accounts that may claim market tokens; whoever holds the tokens funds it.
   *
   * @param root of the Merkle tree over the list
   * @param deadline until when they may
   */
  public record Drop(Bytes32 root, Instant deadline) {}

  /** For a development chain: handles after a second, decisions as fast as the bounds allow. */
  public static DeploymentPlan development(Address deployer, Address guardian) {
    return new DeploymentPlan(
        guardian,
        Duration.ofDays(365),
        deployer,
        Optional.empty(),
        deployer,
        Optional.empty(),
        new Names(Duration.ofSeconds(1), List.of(), BigInteger.ZERO),
        new Voting(
            Duration.ofMinutes(1),
            Duration.ofSeconds(1),
            Duration.ofDays(3),
            Duration.ofDays(1),
            tokens(1_000)),
        new Disputes(
            Duration.ofHours(1),
            Duration.ofHours(1),
            Duration.ofHours(1),
            Duration.ofHours(1),
            new BasisPoints(500)),
        Optional.empty(),
        new BasisPoints(0),
        new BasisPoints(100),
        tokens(1),
        Duration.ofMinutes(10));
  }

  /** For a public chain. */
  public static DeploymentPlan standard(
      Address guardian, Address tokenHolder, Address dollar, List<String> reserved) {
    return new DeploymentPlan(
        guardian,
        Duration.ofDays(365),
        tokenHolder,
        Optional.of(dollar),
        tokenHolder,
        Optional.empty(),
        new Names(Duration.ofMinutes(1), reserved, tokens(100)),
        UNHURRIED_VOTING,
        UNHURRIED_DISPUTES,
        Optional.empty(),
        new BasisPoints(250),
        new BasisPoints(100),
        tokens(1),
        Duration.ofDays(3));
  }

  public DeploymentPlan with(Drop list) {
    return with(Optional.of(list), panel, voting, disputes);
  }

  public DeploymentPlan with(Panel judges) {
    return with(drop, Optional.of(judges), voting, disputes);
  }

  /** With the delays of a public chain: on any other than 31337 the contracts insist on them. */
  public DeploymentPlan unhurried() {
    return with(drop, panel, UNHURRIED_VOTING, UNHURRIED_DISPUTES);
  }

  private DeploymentPlan with(
      Optional<Drop> list, Optional<Panel> judges, Voting votes, Disputes cases) {
    return new DeploymentPlan(
        guardian,
        guardianTerm,
        tokenHolder,
        dollar,
        minter,
        list,
        names,
        votes,
        cases,
        judges,
        protocolFee,
        marketFee,
        lockMinimum,
        acceptance);
  }

  private static BigInteger tokens(long whole) {
    return TOKEN.multiply(BigInteger.valueOf(whole));
  }
}
