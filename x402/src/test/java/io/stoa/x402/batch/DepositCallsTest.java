package io.stoa.x402.batch;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stoa.domain.Bytes;
import io.stoa.x402.Example;
import io.stoa.x402.MalformedPayment;
import io.stoa.x402.signature.Erc6492;
import org.junit.jupiter.api.Test;

/** Encodings that another implementation of the ABI computed. */
class DepositCallsTest {

  @Test
  void theCollectorOfEip3009IsGivenWhatFollowsFromThePayersSignature() throws MalformedPayment {
    // When
    var authorization = authorization(ChannelExample.deposit());

    // Then
    assertThat(DepositCalls.collector(authorization)).isEqualTo(ChannelContracts.ERC3009_COLLECTOR);
    assertThat(DepositCalls.collectorData(authorization))
        .hasToString(
            "0x"
                + "0000000000000000000000000000000000000000000000000000000000000000"
                + "0000000000000000000000000000000000000000000000000000000077359400"
                + "0000000000000000000000000000000000000000000000000000000000000007"
                + "0000000000000000000000000000000000000000000000000000000000000080"
                + "0000000000000000000000000000000000000000000000000000000000000041"
                + "bbb9bbe7d5e59eadd48eadd9ff6c6b2e4d7b42bcc1a44ea9cbf8875c3a99df28"
                + "4eea87923da5e83512b7814bc7335c5e2b0bc30ffd70942c8740c8e7dc51f592"
                + "1c00000000000000000000000000000000000000000000000000000000000000");
  }

  @Test
  void theCollectorOfPermit2IsGivenThePermitAndNoApproval() throws MalformedPayment {
    // When
    var authorization = authorization(ChannelExample.permit2Deposit());

    // Then
    assertThat(DepositCalls.collector(authorization)).isEqualTo(ChannelContracts.PERMIT2_COLLECTOR);
    assertThat(DepositCalls.collectorData(authorization))
        .hasToString(
            "0x"
                + "0000000000000000000000000000000000000000000000000000000000000001"
                + "0000000000000000000000000000000000000000000000000000000077359400"
                + "0000000000000000000000000000000000000000000000000000000000000080"
                + "0000000000000000000000000000000000000000000000000000000000000100"
                + "0000000000000000000000000000000000000000000000000000000000000041"
                + "14a2764d7ead6ac316064463e06f4b635cea208c63d5991fa8c1f441058e457f"
                + "5349bfe3d0ba6d4d0b763432d71e4a380b09d36812eee0dd13f22428f0c30ab9"
                + "1c00000000000000000000000000000000000000000000000000000000000000"
                + "0000000000000000000000000000000000000000000000000000000000000000");
  }

  @Test
  void anApprovalOnTheWayStandsAfterThePermit() throws MalformedPayment {
    // Given
    var permit = (DepositAuthorization.Permit2) authorization(ChannelExample.permit2Deposit());

    // When
    var data = DepositCalls.collectorData(permit, DepositApprovalTest.APPROVAL);

    // Then
    var without = DepositCalls.collectorData(permit).toString();
    var beforeIt = without.substring(0, without.length() - 64);
    assertThat(data)
        .hasToString(
            beforeIt
                + "00000000000000000000000000000000000000000000000000000000000000a0"
                + "0000000000000000000000000000000000000000000000000000000000001388"
                + "0000000000000000000000000000000000000000000000000000000077359400"
                + "000000000000000000000000000000000000000000000000000000000000001c"
                + Example.SIGNATURE.substring(2, 130));
  }

  /** A contract wallet that exists knows nothing of the wrapping (ERC-6492). */
  @Test
  void aWrappedSignatureIsUnwrapped() throws MalformedPayment {
    // Given
    var wrapped = signed(Example.WRAPPED);
    var unwrapped = signed(Erc6492.unwrapped(Example.WRAPPED));

    // When, Then
    assertThat(unwrapped).isNotEqualTo(wrapped);
    assertThat(DepositCalls.collectorData(wrapped))
        .isEqualTo(DepositCalls.collectorData(unwrapped));
  }

  private static DepositAuthorization signed(Bytes signature) throws MalformedPayment {
    var message = ChannelExample.deposit();
    Example.at(message, "/payload/deposit/authorization/erc3009Authorization")
        .put("signature", signature.toString());
    return authorization(message);
  }

  private static DepositAuthorization authorization(ObjectNode message) throws MalformedPayment {
    return ((BatchPayload.Deposit) ChannelExample.read(message)).authorization();
  }
}
