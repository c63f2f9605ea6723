package io.couchpass.benchmarks;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** What it costs to get from Kotlin to Rust and back. None of these makes a request. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class Boundary {
  private final Calls calls = new Calls();

  @TearDown
  public void close() {
    calls.close();
  }

  /** What the JVM takes for a native call that does nothing. */
  @Benchmark
  public void nothing() {
    calls.nothing();
  }

  /** A question across the boundary, and the answer as it comes. */
  @Benchmark
  public Object ask() {
    return calls.ask();
  }

  /** The same as an app has it: the answer is read. */
  @Benchmark
  public Object ssoReport() {
    return calls.ssoReport();
  }

  /** A suspending call: a task in Rust, and an upcall. */
  @Benchmark
  public Object profiles() {
    return calls.profiles();
  }

  /** The same with a callback. */
  @Benchmark
  public Object profilesByCallback() throws InterruptedException {
    return calls.profilesByCallback();
  }
}
