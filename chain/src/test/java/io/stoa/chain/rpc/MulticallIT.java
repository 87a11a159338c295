package io.stoa.chain.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stoa.chain.contract.Multicall3;
import io.stoa.chain.contract.UsdCoin;
import io.stoa.chain.testing.Anvil;
import io.stoa.chain.token.TokenCalls;
import io.stoa.domain.Address;
import io.stoa.domain.Bytes;
import java.math.BigInteger;
import java.util.List;
import org.junit.jupiter.api.Test;

class MulticallIT {
  private static final Address TOKEN = Address.parse("0x" + "0".repeat(37) + "abc");

  @Test
  void eachCallIsJudgedByItself() {
    try (var anvil = Anvil.start();
        var rpc = anvil.rpc()) {
      // Given
      rpc.ask(RpcRequest.placeCode(Multicall.CONTRACT, Bytes.parse(Multicall3.RUNTIME)));
      rpc.ask(RpcRequest.placeCode(TOKEN, Bytes.parse(UsdCoin.RUNTIME)));
      var nothing = Call.of(TOKEN, TokenCalls.transfer(Anvil.GUARDIAN, BigInteger.ZERO));
      var tooMuch = Call.of(TOKEN, TokenCalls.transfer(Anvil.GUARDIAN, BigInteger.ONE));
      var name = Call.of(TOKEN, Bytes.parse(UsdCoin.getABI_name()));

      // When
      var data = Multicall.of(List.of(nothing, tooMuch, name, nothing));
      var result = rpc.call(Call.of(Multicall.CONTRACT, data), BlockId.LATEST);

      // Then
      var returned = ((CallResult.Returned) result).data();
      assertThat(Multicall.successes(returned, 4)).containsExactly(true, false, true, true);
      assertThatThrownBy(() -> Multicall.successes(returned, 3))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void whereThereIsNoSuchContractTheAnswerIsNone() {
    assertThatThrownBy(() -> Multicall.successes(Bytes.EMPTY, 1))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
