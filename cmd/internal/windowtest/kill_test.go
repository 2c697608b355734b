package windowtest

import (
	"bytes"
	"database/sql"
	"os"
	"testing"
	"time"

	_ "modernc.org/sqlite"

	"linecheck/gui/model"
)

// A power cut on each screen: opened again without the invite, the program is where it
// was, nothing was lost and nothing is done twice.
func TestAPowerCutOnEachScreen(t *testing.T) {
	w := newWorld(t)
	w.open(w.invite("--legal-name", "--policy", w.quick()))
	again := func(s model.Screen, limit time.Duration) {
		t.Helper()
		w.kill()
		w.open()
		w.reach(s, limit)
		w.until("the picture of "+string(s), 10*time.Second, func() bool { _, ok := w.button(); return ok })
		w.shoot("again-" + string(s))
	}
	w.reach(model.Welcome, 20*time.Second)
	again(model.Welcome, 20*time.Second)
	w.press()
	w.reach(model.GetReady, 5*time.Second)
	again(model.GetReady, 20*time.Second)

	w.press()
	w.until("a check that is done", 30*time.Second, func() bool { return w.logged(`"msg":"finished","check":"machine.memory"`) })
	again(model.Paused, 20*time.Second)
	w.press() // the rest is measured now
	w.reach(model.Result, 60*time.Second)
	if n := w.count(`"msg":"started","check":"machine.memory"`); n != 1 {
		t.Errorf("what was measured before the power cut was measured %d times", n)
	}
	speeds := w.count(`"msg":"finished","check":"internet.speed"`)
	again(model.Result, 20*time.Second)

	w.press()
	w.reach(model.Review, 5*time.Second)
	w.screen.Type(t, "Ada Lovelace")
	w.until("the name to be kept", 5*time.Second, func() bool { return w.place().Name == "Ada Lovelace" })
	again(model.Review, 20*time.Second)
	if name := w.place().Name; name != "Ada Lovelace" {
		t.Errorf("the name is now %q", name)
	}
	if n := w.count(`"msg":"finished","check":"internet.speed"`); n != speeds {
		t.Errorf("what was measured is measured again: %d times, then %d", speeds, n)
	}

	w.press() // sign and send
	w.until("the report to be signed", 20*time.Second, func() bool { return w.place().Screen == model.Sending })
	w.kill()
	w.open()
	w.until("the receipt", 30*time.Second, func() bool { return w.receipts() == 1 })
	w.kill()
	w.open()
	w.until("the last screen", 20*time.Second, func() bool { _, ok := w.button(); return ok && w.receipts() == 1 })
	w.shoot("again-sent")
	if n := w.stored(); n != 1 {
		t.Errorf("the server has %d reports", n)
	}
	w.screen.Key(t, "Return") // closes: the session is over
	w.ended()
	w.verified()
	w.open()
	w.reach(model.Welcome, 20*time.Second)
	if n := w.stored(); n != 1 {
		t.Errorf("the server has %d reports", n)
	}
}

// count is how often the log holds a piece of text.
func (w *world) count(text string) int {
	data, err := os.ReadFile(w.path("home", "log.jsonl"))
	if err != nil {
		return 0
	}
	return bytes.Count(data, []byte(text))
}

// stored is how many reports the server has.
func (w *world) stored() (n int) {
	w.t.Helper()
	db, err := sql.Open("sqlite", "file:"+w.path("data", "linecheck.db")+"?mode=ro")
	if err != nil {
		w.t.Fatal(err)
	}
	defer db.Close()
	if err := db.QueryRow(`SELECT count(*) FROM reports`).Scan(&n); err != nil {
		w.t.Fatal(err)
	}
	return n
}
