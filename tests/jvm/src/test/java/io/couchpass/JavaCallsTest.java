package io.couchpass;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.couchpass.testing.Sandbox;
import io.couchpass.testing.TestDevice;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import kotlin.Unit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Each method of the client, as somebody writes it who knows Java alone: no wildcards, no casts, and failures that are caught. */
@Timeout(60)
class JavaCallsTest {
    private final Set<String> called = new TreeSet<>();

    @Test
    void allOfTheClientIsForJava() throws Exception {
        try (Sandbox sandbox = Sandbox.start(); PassClient passClient = new TestDevice().open(sandbox.config())) {
            sandbox.signIn(passClient);
            CallbackPassClient client = new CallbackPassClient(passClient, Runnable::run);
            CompletableFuture<RequestMetrics> request = new CompletableFuture<>();
            PassCall listening = client.metrics(request::complete);
            called.add("metrics");

            Answer<List<Profile>> profiles = new Answer<>("profiles");
            client.profiles(profiles);
            String mvpd = profiles.await().get(0).getMvpd();
            Answer<Profile> selectProfile = new Answer<>("selectProfile");
            client.selectProfile(mvpd, selectProfile);
            assertEquals(mvpd, selectProfile.await().getMvpd());
            Answer<Long> timeLeft = new Answer<>("timeLeftMillis");
            client.timeLeftMillis(mvpd, timeLeft);
            assertTrue(timeLeft.await() > 0);
            Answer<List<Provider>> providers = new Answer<>("providers");
            client.providers(providers);
            assertFalse(providers.await().isEmpty());
            assertTrue(request.get(20, TimeUnit.SECONDS).getTookMillis() >= 0);
            listening.cancel();

            Answer<Boolean> rememberProvider = new Answer<>("rememberProvider");
            client.rememberProvider(mvpd, rememberProvider);
            assertTrue(rememberProvider.await());
            assertEquals(mvpd, client.rememberedProvider().getId());
            called.add("rememberedProvider");

            Answer<Decision> authorize = new Answer<>("authorize");
            client.authorize("LanternOne", authorize);
            assertTrue(authorize.await().getAuthorized());
            Answer<Long> permit = new Answer<>("rememberedPermitMillis");
            client.rememberedPermitMillis("LanternNews", permit);
            assertNull(permit.await());
            Answer<List<Preauthorization>> preauthorize = new Answer<>("preauthorize");
            client.preauthorize(Arrays.asList("LanternOne", "LanternNews"), preauthorize);
            assertEquals(2, preauthorize.await().size());
            Answer<UserMetadata> userMetadata = new Answer<>("userMetadata");
            client.userMetadata(userMetadata);
            List<String> ratings = userMetadata.await().getValues().get("maxRating").getValue().asList();
            assertFalse(ratings.isEmpty());

            assertInstanceOf(SsoOutcome.class, client.ssoReport().getOutcome());
            assertInstanceOf(StoreReport.class, client.storeReport());
            client.newCode();
            client.redirectReached();
            called.addAll(Arrays.asList("ssoReport", "storeReport", "newCode", "redirectReached"));

            Answer<List<SignOutAction>> signOut = new Answer<>("signOut");
            client.signOut(signOut);
            for (SignOutAction action : signOut.await()) {
                assertInstanceOf(SignOutAction.OpenUrl.class, action);
            }
            Answer<Profile> temporaryAccess = new Answer<>("temporaryAccess");
            client.temporaryAccess("Nowhere", "lantern.example", null, temporaryAccess);
            assertInstanceOf(PassError.class, temporaryAccess.awaitFailure().getError());

            CompletableFuture<SignInEvent> event = new CompletableFuture<>();
            client.signIn(event::complete).cancel();
            client.signIn(event::complete, SignInWith.Code.INSTANCE);
            assertInstanceOf(SignInEvent.Checking.class, event.get(20, TimeUnit.SECONDS));
            called.add("signIn");
            Answer<Unit> cancelSignIn = new Answer<>("cancelSignIn");
            client.cancelSignIn(cancelSignIn);
            cancelSignIn.await();
            client.close();
            called.add("close");
        }
        Set<String> all = new TreeSet<>();
        for (Method method : CallbackPassClient.class.getDeclaredMethods()) {
            if (Modifier.isPublic(method.getModifiers()) && !method.isSynthetic()) {
                all.add(method.getName());
            }
        }
        assertEquals(all, called);
    }

    /** What a call has come to, and that it was made. */
    private final class Answer<T> extends Outcome<T> {
        Answer(String method) {
            called.add(method);
        }
    }
}
