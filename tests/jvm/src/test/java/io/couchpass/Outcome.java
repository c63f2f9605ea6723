package io.couchpass;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Keeps what it is called back with, and on which thread. */
class Outcome<T> implements PassCallback<T> {
    private final CompletableFuture<T> value = new CompletableFuture<>();
    private final CompletableFuture<PassException> failure = new CompletableFuture<>();
    volatile String thread;

    @Override
    public void onSuccess(T value) {
        thread = Thread.currentThread().getName();
        this.value.complete(value);
    }

    @Override
    public void onFailure(PassException exception) {
        failure.complete(exception);
        value.completeExceptionally(exception);
    }

    T await() throws Exception {
        return value.get(20, TimeUnit.SECONDS);
    }

    PassException awaitFailure() throws Exception {
        return failure.get(20, TimeUnit.SECONDS);
    }
}
