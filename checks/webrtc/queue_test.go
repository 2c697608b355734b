package webrtc

import (
	"errors"
	"io"
	"net"
	"testing"
	"time"
)

// A connection that takes nothing holds nobody up, in use or in closing.
func TestAQueueNeverWaits(t *testing.T) {
	near, far := net.Pipe() // takes nothing that is not read
	defer far.Close()
	q := newQueued(near)
	begin := time.Now()
	for range 4 * queueLength {
		if _, err := q.Write(make([]byte, 1200)); err != nil {
			t.Fatal(err)
		}
	}
	if took := time.Since(begin); took > 100*time.Millisecond {
		t.Errorf("writing took %v", took)
	}
	begin = time.Now()
	_ = q.Close()
	if took := time.Since(begin); took > goodbyeLimit {
		t.Errorf("closing took %v", took)
	}
	if _, err := q.Write([]byte("x")); !errors.Is(err, net.ErrClosed) {
		t.Errorf("after closing: %v", err)
	}
}

func TestAQueueSaysGoodbye(t *testing.T) {
	near, far := net.Pipe()
	q := newQueued(near)
	heard := make(chan string)
	go func() {
		b, _ := io.ReadAll(far)
		heard <- string(b)
	}()
	for _, word := range []string{"a", "b", "goodbye"} {
		_, _ = q.Write([]byte(word))
	}
	_ = q.Close()
	if got := <-heard; got != "abgoodbye" {
		t.Errorf("%q came", got)
	}
}
