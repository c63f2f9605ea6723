package io.couchpass.benchmarks;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** A cold start with a platform token, from nothing to the media token: ours, and the same requests by OkHttp. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public class Start {
  /** Which API is spoken. */
  @Param({"V1", "V2"})
  public String api;

  private final Starts starts = Starts.ofThisProcess();

  @Benchmark
  public String couchpass() {
    return starts.couchpass(api);
  }

  /** A client of its own for each start, as a process has that has just begun. */
  @Benchmark
  public String okHttp() {
    return starts.okHttp(api);
  }

  /** One client for all starts: its connections are open already, which no cold start finds. */
  @Benchmark
  public String okHttpKept() {
    return starts.okHttpKept(api);
  }
}
