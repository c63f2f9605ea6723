package com.example.consumer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.couchpass.PassClient;
import io.couchpass.PassException;
import io.couchpass.SsoOutcome;
import io.couchpass.testing.FakePlatform;
import io.couchpass.testing.Sandbox;
import io.couchpass.testing.TestDevice;
import java.util.ArrayList;
import java.util.List;
import kotlin.Unit;
import org.junit.jupiter.api.Test;

/** The native library and the sandbox are those that couchpass-testing brings along: no property names them. */
final class LanternTest {
    @Test
    void theFirstAppShowsACodeAndTheSecondNone() throws PassException {
        try (Sandbox sandbox = Sandbox.start()) {
            TestDevice stick = new TestDevice(new FakePlatform().giveToken(sandbox.platformToken("living-room")));
            List<String> codes = new ArrayList<>();
            try (PassClient first = stick.open(sandbox.config())) {
                assertEquals("playing LanternOne", new Lantern(first).watch("LanternOne", code -> {
                    codes.add(code);
                    sandbox.approve(code);
                    return Unit.INSTANCE;
                }));
            }
            assertEquals(1, codes.size());
            try (PassClient second = stick.open(sandbox.config())) {
                assertEquals("playing LanternOne", new Lantern(second).watch("LanternOne", code -> {
                    throw new AssertionError("a code, where the device vouches for its viewer");
                }));
                assertTrue(second.ssoReport().getOutcome() instanceof SsoOutcome.Sent);
            }
        }
    }
}
