package io.couchpass;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.couchpass.testing.Sandbox;
import io.couchpass.testing.TestDevice;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** An app in Java: a sign-in, a decision and a failure, by callbacks on a thread of the app's own. */
@Timeout(60)
class JavaTest {
    @Test
    void anAppInJavaSignsInAndWatches() throws Exception {
        ExecutorService mainThread = Executors.newSingleThreadExecutor(task -> new Thread(task, "main of the app"));
        try (Sandbox sandbox = Sandbox.start();
                CallbackPassClient client = new CallbackPassClient(new TestDevice().open(sandbox.config()), mainThread)) {
            LinkedBlockingQueue<SignInEvent> events = new LinkedBlockingQueue<>();
            client.signIn(events::add);
            SignInEvent event;
            do {
                event = events.poll(20, TimeUnit.SECONDS);
                if (event instanceof SignInEvent.Code) {
                    sandbox.approve(((SignInEvent.Code) event).getCode());
                }
            } while (event != null && !event.isLast());
            assertInstanceOf(SignInEvent.SignedIn.class, event);

            Outcome<Decision> decision = new Outcome<>();
            client.authorize("LanternOne", decision);
            assertTrue(decision.await().getAuthorized());
            // Coroutines add a number where assertions are on.
            assertTrue(decision.thread.startsWith("main of the app"), decision.thread);

            Outcome<Profile> profile = new Outcome<>();
            client.selectProfile("Nowhere", profile);
            assertInstanceOf(PassError.SignInAgain.class, profile.awaitFailure().getError());
        } finally {
            mainThread.shutdown();
        }
    }
}
