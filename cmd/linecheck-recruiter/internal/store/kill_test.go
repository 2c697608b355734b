package store_test

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"linecheck/cmd/linecheck-recruiter/internal/store"
)

const victim = "LINECHECK_STORE_VICTIM"

// TestMain makes the test's own program the one that is killed.
func TestMain(m *testing.M) {
	if dir := os.Getenv(victim); dir != "" {
		takeForEver(dir)
	}
	os.Exit(m.Run())
}

// takeForEver takes reports in and prints each digest once its receipt is given.
func takeForEver(dir string) {
	t := new(testing.B) // its fatal end is never reached: the program is killed
	s, err := store.Open(dir)
	if err != nil {
		fmt.Println("failed", err)
		os.Exit(1)
	}
	c := &clerk{store: s, key: newKey(t)}
	for {
		r := made(t, "i")
		if _, err := s.TakeIn(context.Background(), r, noon(), c.seal(r, noon())); err != nil {
			fmt.Println("failed", err)
			os.Exit(1)
		}
		fmt.Println(r.Digest)
	}
}

// Killed at any moment, log and reports fit together, and whoever has a receipt is in both.
func TestKilledAtAnyMoment(t *testing.T) {
	dir := t.TempDir()
	newClerk(t, dir).take(t, noon())
	rounds := 30
	if testing.Short() {
		rounds = 8
	}
	given, erased := 0, int64(0)
	for range rounds {
		digests := runAndKill(t, dir)
		given += len(digests)
		a := audit(t, dir)
		if len(a.Faults) != 0 || a.Reports+a.Erased != a.Size || a.Erased != erased {
			t.Fatalf("after a kill: %+v", a)
		}
		if a.Size < int64(given) {
			t.Fatalf("%d receipts were given, and the log has %d entries", given, a.Size)
		}
		if len(digests) == 0 {
			continue
		}
		// The last one that got its receipt is stored: it can be erased.
		c := newClerk(t, dir)
		if err := c.store.Erase(t.Context(), digests[len(digests)-1], noon()); err != nil {
			t.Fatalf("a report with a receipt is lost: %v", err)
		}
		erased++
		if err := c.store.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if given < rounds {
		t.Errorf("only %d reports in %d rounds: the kills come too early to say anything", given, rounds)
	}
	t.Logf("%d reports got receipts in %d rounds", given, rounds)
}

// runAndKill returns the digests of the reports that got a receipt.
func runAndKill(t *testing.T, dir string) (digests []string) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), victim+"="+dir)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	var timer *time.Timer
	for lines.Scan() {
		if strings.HasPrefix(lines.Text(), "failed") {
			t.Error(lines.Text())
		}
		digests = append(digests, lines.Text())
		if timer == nil { // it is at work: some moment from now
			timer = time.AfterFunc(time.Duration(rand.IntN(20_000))*time.Microsecond, func() { _ = cmd.Process.Kill() })
		}
	}
	_ = cmd.Wait()
	return digests
}
