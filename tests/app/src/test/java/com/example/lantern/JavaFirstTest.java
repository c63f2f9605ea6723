package com.example.lantern;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.couchpass.CallbackPassClient;
import io.couchpass.Decision;
import io.couchpass.PassApi;
import io.couchpass.PassCallback;
import io.couchpass.PassConfig;
import io.couchpass.PassException;
import io.couchpass.SignInEvent;
import io.couchpass.testing.FakePlatform;
import io.couchpass.testing.Sandbox;
import io.couchpass.testing.TestDevice;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class JavaFirstTest {
    @Test
    void aViewerSignsInByCodeAndWatches() throws Exception {
        try (Sandbox sandbox = Sandbox.start();
                CallbackPassClient client = new CallbackPassClient(new TestDevice().open(sandbox.config()), Runnable::run)) {
            BlockingQueue<SignInEvent> events = new LinkedBlockingQueue<>();
            client.signIn(events::add);
            SignInEvent event;
            do {
                event = events.poll(30, TimeUnit.SECONDS);
                if (event instanceof SignInEvent.Code) sandbox.approve(((SignInEvent.Code) event).getCode());
            } while (event != null && !event.isLast());
            assertInstanceOf(SignInEvent.SignedIn.class, event);

            CompletableFuture<Decision> decision = new CompletableFuture<>();
            client.authorize("LanternOne", new PassCallback<Decision>() {
                @Override
                public void onSuccess(Decision value) {
                    decision.complete(value);
                }

                @Override
                public void onFailure(PassException exception) {
                    decision.completeExceptionally(exception);
                }
            });
            assertTrue(decision.get(30, TimeUnit.SECONDS).getAuthorized());
        }
    }

    @Test
    void aPlatformTokenSignsInWithoutACode() throws Exception {
        try (Sandbox sandbox = Sandbox.start()) {
            PassConfig config =
                new PassConfig.Builder(PassApi.V2, sandbox.getEnvironment(), "LANTERN", sandbox.getStatement()).build();
            TestDevice stick = new TestDevice(new FakePlatform().giveToken(sandbox.platformToken("living-room")));
            try (CallbackPassClient first = new CallbackPassClient(stick.open(config), Runnable::run)) {
                BlockingQueue<SignInEvent> events = new LinkedBlockingQueue<>();
                first.signIn(event -> {
                    if (event instanceof SignInEvent.Code) sandbox.approve(((SignInEvent.Code) event).getCode());
                    if (event.isLast()) events.add(event);
                });
                assertInstanceOf(SignInEvent.SignedIn.class, events.poll(30, TimeUnit.SECONDS));
            }
            try (CallbackPassClient second = new CallbackPassClient(stick.open(config), Runnable::run)) {
                BlockingQueue<SignInEvent> events = new LinkedBlockingQueue<>();
                second.signIn(events::add);
                assertInstanceOf(SignInEvent.Checking.class, events.poll(30, TimeUnit.SECONDS));
                assertInstanceOf(SignInEvent.SignedIn.class, events.poll(30, TimeUnit.SECONDS));
            }
        }
    }
}
