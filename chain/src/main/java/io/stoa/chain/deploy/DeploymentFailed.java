package io.stoa.chain.deploy;

/** The contracts cannot be put on the chain, for a reason that a person has to see to. */
public final class DeploymentFailed extends RuntimeException {
  private static final long serialVersionUID = 1L;

  DeploymentFailed(String message) {
    super(message);
  }
}
