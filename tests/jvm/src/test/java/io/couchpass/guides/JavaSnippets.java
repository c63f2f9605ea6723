package io.couchpass.guides;

import android.content.Context;
import io.couchpass.CallbackPassClient;
import io.couchpass.Decision;
import io.couchpass.Denial;
import io.couchpass.PassApi;
import io.couchpass.PassCall;
import io.couchpass.PassCallback;
import io.couchpass.PassClient;
import io.couchpass.PassClients;
import io.couchpass.PassConfig;
import io.couchpass.PassEnvironment;
import io.couchpass.PassError;
import io.couchpass.PassException;
import io.couchpass.Profile;
import io.couchpass.SignInEvent;
import io.couchpass.SignOutAction;
import java.util.List;
import java.util.concurrent.Executor;

/** The Java of docs/integrating.md, piece by piece. */
final class JavaSnippets {
    interface Screen {
        void begin(PassClient passClient);

        void showCode(String code);

        void showHome(Profile profile);

        void offerSignIn();

        void showRefusal(Denial denial);

        void showError(PassError error);
    }

    interface Player {
        void play(String resource, String mediaToken);
    }

    interface Browser {
        void open(String url);
    }

    /** As Android's, which takes what is to run. */
    interface Handler {
        boolean post(Runnable work);
    }

    private final Screen screen;
    private final Player player;

    JavaSnippets(Screen screen, Player player) {
        this.screen = screen;
        this.player = player;
    }

    void create(Context context, String statement, Executor background, Handler handler) {
        background.execute(() -> {
            try {
                PassConfig config =
                    new PassConfig.Builder(PassApi.V2, PassEnvironment.RELEASE_STAGING, "REF30", statement).build();
                PassClient passClient = PassClients.create(context, config);
                handler.post(() -> screen.begin(passClient));
            } catch (PassException exception) {
                handler.post(() -> screen.showError(exception.getError()));
            }
        });
    }

    void signOut(CallbackPassClient client, Browser browser) {
        client.signOut(new PassCallback<List<SignOutAction>>() {
            @Override
            public void onSuccess(List<SignOutAction> actions) {
                for (SignOutAction action : actions) {
                    if (action instanceof SignOutAction.OpenUrl) {
                        browser.open(((SignOutAction.OpenUrl) action).getUrl());
                    }
                }
                screen.offerSignIn();
            }

            @Override
            public void onFailure(PassException exception) {
                screen.showError(exception.getError());
            }
        });
    }

    PassCall signIn(PassClient passClient, Handler handler) {
        CallbackPassClient client = new CallbackPassClient(passClient, handler::post);
        PassCall signIn = client.signIn(event -> {
            if (event instanceof SignInEvent.Code) {
                screen.showCode(((SignInEvent.Code) event).getCode());
            } else if (event instanceof SignInEvent.SignedIn) {
                screen.showHome(((SignInEvent.SignedIn) event).getProfile());
            } else if (event.isLast()) {
                screen.offerSignIn();
            }
        });
        return signIn;
    }

    void watch(PassClient passClient, Executor executor) {
        CallbackPassClient client = new CallbackPassClient(passClient, executor);
        client.authorize("LanternOne", new PassCallback<Decision>() {
            @Override
            public void onSuccess(Decision decision) {
                if (decision.getMediaToken() != null) {
                    player.play("LanternOne", decision.getMediaToken().getSerialized());
                } else {
                    screen.showRefusal(decision.getDenial());
                }
            }

            @Override
            public void onFailure(PassException exception) {
                screen.showError(exception.getError());
            }
        });
    }
}
