package windowtest

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"linecheck/checks/audio/virtual"
	"linecheck/cmd/internal/cli"
	"linecheck/gui/model"
	"linecheck/report"
	"linecheck/report/envelope"
)

// The whole way with every check, by a practised hand: from invite to verified receipt
// in less than three minutes, with at most twelve clicks.
func TestFromInviteToReceipt(t *testing.T) {
	w := newWorld(t)
	w.headset()
	invite := w.invite("--legal-name")
	begin := time.Now()
	w.open(invite)
	w.reach(model.Welcome, 20*time.Second)
	w.shoot("1-welcome")
	w.press()
	w.reach(model.GetReady, 5*time.Second)
	time.Sleep(2 * time.Second) // to look at the meter, as people do
	w.shoot("2-ready")
	w.press()
	w.reach(model.Checking, 5*time.Second)
	w.answer()
	w.until("the result's button", 5*time.Second, func() bool { _, ok := w.button(); return ok })
	w.shoot("4-result")
	w.press()
	w.reach(model.Review, 5*time.Second)
	w.screen.Type(t, "Ada Lovelace")
	w.shoot("5-review")
	w.press()
	w.until("the receipt", 30*time.Second, func() bool { return w.receipts() == 1 })
	took := time.Since(begin)
	w.until("the last screen", 5*time.Second, func() bool { _, ok := w.button(); return ok })
	w.shoot("6-sent")
	t.Logf("from invite to receipt: %v, %d clicks", took.Round(time.Second), w.clicks)
	if took > 3*time.Minute || w.clicks > 12 {
		t.Errorf("it took %v and %d clicks", took, w.clicks)
	}
	if !w.heardAll() {
		t.Error("the digits that were typed are not those that were played")
	}
	w.close()
	w.verified()
}

// heardAll says whether the report tells that the person heard both sides.
func (w *world) heardAll() bool {
	found, err := filepath.Glob(w.path("home", "sessions", "*", "evidence", "audio.output.json"))
	if err != nil || len(found) != 1 {
		return false
	}
	data, err := os.ReadFile(found[0])
	return err == nil && bytes.Contains(data, []byte(`"heard":"all"`))
}

// answer goes through the questions of the checks until the result is there, and types
// the digits as a person who hears them would.
func (w *world) answer() {
	w.t.Helper()
	shots, spoken := 0, false
	left, right := w.digits()
	w.until("the result", 150*time.Second, func() bool {
		if w.place().Screen == model.Result {
			return true
		}
		at, ok := w.button()
		if !ok {
			return false
		}
		shots++
		w.shoot("3-asked-" + string(rune('0'+shots)))
		listening := w.logged(`"msg":"started","check":"audio.microphone"`)
		w.screen.Type(w.t, left)
		w.screen.Key(w.t, "Tab")
		w.screen.Type(w.t, right)
		w.screen.Click(w.t, at)
		w.clicks++
		if !spoken && listening {
			spoken = true
			time.Sleep(3200 * time.Millisecond) // first the microphone hears the quiet room
			w.shoot("3-speak")
			if _, err := w.sound.Play(virtual.Headset, virtual.Speech(48000, 10, -22)); err != nil {
				w.t.Fatal(err)
			}
		}
		w.until("the next page", 10*time.Second, func() bool { now, ok := w.button(); return !ok || now != at || w.place().Screen == model.Result })
		return false
	})
}

// digits are the digits that are played first, drawn as the methods say: SHA-256 of the
// run's seed and of the attempt seeds ChaCha8, whose permutation of the ten digits begins
// with the two on the left and the two on the right.
func (w *world) digits() (left, right string) {
	w.t.Helper()
	read := func(pattern string, v any) {
		found, err := filepath.Glob(pattern)
		if err != nil || len(found) != 1 {
			w.t.Fatalf("%s: %d files, %v", pattern, len(found), err)
		}
		data, err := os.ReadFile(found[0])
		if err != nil {
			w.t.Fatal(err)
		}
		if err := json.Unmarshal(data, v); err != nil {
			w.t.Fatal(err)
		}
	}
	var state struct{ Key string }
	read(w.path("home", "sessions", "*", "state.json"), &state)
	key, err := envelope.ParsePrivate(state.Key)
	if err != nil {
		w.t.Fatal(err)
	}
	data, err := os.ReadFile(w.path("invite"))
	if err != nil {
		w.t.Fatal(err)
	}
	sealed, err := envelope.Parse(data)
	if err != nil {
		w.t.Fatal(err)
	}
	issuer, err := envelope.ParsePublic(sealed.KeyID())
	if err != nil {
		w.t.Fatal(err)
	}
	invite, err := envelope.Open[report.Invite](sealed, issuer, report.InviteType)
	if err != nil {
		w.t.Fatal(err)
	}
	seed := []byte(invite.Value().Nonce + " " + key.Public().ID())
	drawn := rand.New(rand.NewChaCha8(sha256.Sum256(binary.BigEndian.AppendUint32(seed, 0)))).Perm(10)
	return fmt.Sprintf("%d%d", drawn[0], drawn[1]), fmt.Sprintf("%d%d", drawn[2], drawn[3])
}

// logged says whether the program's log holds a piece of text.
func (w *world) logged(text string) bool {
	data, err := os.ReadFile(w.path("home", "log.jsonl"))
	return err == nil && bytes.Contains(data, []byte(text))
}

// close closes the window as its close button does.
func (w *world) close() {
	w.t.Helper()
	w.screen.Key(w.t, "alt+F4")
	w.ended()
}

// ended waits for the program's own end: when its window is gone it still has a session to leave.
func (w *world) ended() {
	w.t.Helper()
	ended := make(chan error, 1)
	go func() { ended <- w.cmd.Wait() }()
	select {
	case err := <-ended:
		if err != nil {
			w.t.Errorf("the program ends with %v:\n%s", err, w.said)
		}
	case <-time.After(15 * time.Second):
		w.shoot("not-closed")
		w.t.Errorf("the window does not close")
	}
	w.kill()
}

// verified: the one report on this computer is what the recruiter's program believes.
func (w *world) verified() {
	w.t.Helper()
	found, err := filepath.Glob(w.path("person", "Linecheck-*.pdf"))
	if err != nil || len(found) != 1 {
		w.t.Fatalf("%d copies of the report are found: %v", len(found), err)
	}
	w.recruiter("trust", "export", "--keys", w.path("keys"), "--out", w.path("trust.json"))
	// Whatever the verdict on this computer is, the report is authentic.
	out, err := exec.Command(w.prog.recruiter, "verify", found[0], "--trust", w.path("trust.json")).CombinedOutput()
	var exit *exec.ExitError
	if err != nil && (!errors.As(err, &exit) || exit.ExitCode() != cli.NotReady && exit.ExitCode() != cli.Inconclusive) {
		w.t.Errorf("verify ends with %v", err)
	}
	if text := string(out); !strings.Contains(text, ": AUTHENTIC") || !strings.Contains(text, "ok       receipt") {
		w.t.Errorf("the report is not believed:\n%s", text)
	}
}
