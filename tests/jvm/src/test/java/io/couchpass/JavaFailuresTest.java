package io.couchpass;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import android.content.ContextWrapper;
import io.couchpass.testing.Sandbox;
import io.couchpass.testing.TestDevice;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What fails at once can be caught: Java does not compile the handler of a checked exception that no method has declared. So each
 * call here has a handler of its own.
 */
@Timeout(60)
class JavaFailuresTest {
    private final List<PassError> caught = new ArrayList<>();

    @Test
    void aClientThatIsClosedIsCaught() throws PassException {
        try (Sandbox sandbox = Sandbox.start()) {
            PassClient client = new TestDevice().open(sandbox.config());
            client.close();
            try {
                client.newCode();
            } catch (PassException exception) {
                caught.add(exception.getError());
            }
            try {
                client.redirectReached();
            } catch (PassException exception) {
                caught.add(exception.getError());
            }
            try {
                client.rememberedProvider();
            } catch (PassException exception) {
                caught.add(exception.getError());
            }
            try {
                client.ssoReport();
            } catch (PassException exception) {
                caught.add(exception.getError());
            }
            try {
                client.storeReport();
            } catch (PassException exception) {
                caught.add(exception.getError());
            }
            theSameByCallbacks(new CallbackPassClient(client, Runnable::run));
            assertEquals(Collections.nCopies(10, PassError.Cancelled.INSTANCE), caught);
        }
    }

    private void theSameByCallbacks(CallbackPassClient client) {
        try {
            client.newCode();
        } catch (PassException exception) {
            caught.add(exception.getError());
        }
        try {
            client.redirectReached();
        } catch (PassException exception) {
            caught.add(exception.getError());
        }
        try {
            client.rememberedProvider();
        } catch (PassException exception) {
            caught.add(exception.getError());
        }
        try {
            client.ssoReport();
        } catch (PassException exception) {
            caught.add(exception.getError());
        }
        try {
            client.storeReport();
        } catch (PassException exception) {
            caught.add(exception.getError());
        }
    }

    @Test
    void aConfigurationThatIsWrongIsCaught() {
        try (Sandbox sandbox = Sandbox.start()) {
            PassConfig wrong =
                new PassConfig.Builder(PassApi.V2, sandbox.getEnvironment(), "LAN TERN", sandbox.getStatement()).build();
            try {
                new TestDevice().open(wrong).close();
            } catch (PassException exception) {
                caught.add(exception.getError());
            }
            assertInstanceOf(PassError.FixConfiguration.class, caught.get(0));
            // A device is as far as it gets on a desktop.
            assertThrows(NullPointerException.class, () -> {
                try {
                    PassClients.create(new ContextWrapper(null), wrong).close();
                } catch (PassException exception) {
                    caught.add(exception.getError());
                }
            });
        }
    }
}
