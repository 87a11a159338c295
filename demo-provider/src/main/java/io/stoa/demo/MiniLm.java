package io.stoa.demo;

import static java.util.Objects.requireNonNull;

import dev.langchain4j.model.embedding.onnx.allminilml6v2q.AllMiniLmL6V2QuantizedEmbeddingModel;
import java.util.concurrent.Semaphore;

/** all-MiniLM-L6-v2, quantised, run by the ONNX runtime in this process. */
final class MiniLm implements Embedder {
  private final AllMiniLmL6V2QuantizedEmbeddingModel model;

  /** The runtime uses all cores for one text already: more at once would only wait inside it. */
  private final Semaphore turns = new Semaphore(Runtime.getRuntime().availableProcessors());

  private MiniLm(AllMiniLmL6V2QuantizedEmbeddingModel model) {
    this.model = model;
  }

  /** Takes a second or two. */
  static MiniLm load() {
    // The tokenizer's library reports its users unless told not to.
    System.setProperty("OPT_OUT_TRACKING", "true");
    System.setProperty("ai.djl.offline", "true");
    System.setProperty("slf4j.internal.verbosity", "ERROR"); // what it logs is of no use here
    var miniLm = new MiniLm(new AllMiniLmL6V2QuantizedEmbeddingModel(Runnable::run));
    miniLm.embed("the first text takes longer");
    return miniLm;
  }

  @Override
  public String model() {
    return "all-minilm-l6-v2";
  }

  @Override
  public int dimensions() {
    return 384;
  }

  @Override
  public Embedded embed(String text) {
    turns.acquireUninterruptibly();
    try {
      var response = model.embed(text);
      var usage = requireNonNull(response.tokenUsage(), "the model counts its tokens");
      return new Embedded(response.content().vector(), usage.inputTokenCount());
    } finally {
      turns.release();
    }
  }
}
