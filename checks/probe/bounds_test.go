package probe

import (
	"fmt"
	"testing"
	"time"

	"github.com/pion/interceptor"
	"github.com/pion/rtp"

	"linecheck/checks/internal/media"
)

// made is an interceptor's factory that has made it already.
type made struct{ interceptor.Interceptor }

func (m made) NewInterceptor(string) (interceptor.Interceptor, error) { return m.Interceptor, nil }

// hopping gives each packet an SSRC of its own.
type hopping struct {
	interceptor.NoOp
	last uint32
}

// BindLocalStream sends under other numbers.
func (h *hopping) BindLocalStream(_ *interceptor.StreamInfo, w interceptor.RTPWriter) interceptor.RTPWriter {
	return interceptor.RTPWriterFunc(func(header *rtp.Header, payload []byte, a interceptor.Attributes) (int, error) {
		h.last++
		header.SSRC = h.last
		return w.Write(header, payload, a)
	})
}

// seated is how many peers the probe has.
func seated(p *Probe) int {
	p.media.mu.Lock()
	defer p.media.mu.Unlock()
	return p.media.seats
}

// ends waits until the probe has ended its only call.
func ends(t *testing.T, p *Probe, meanwhile func()) {
	t.Helper()
	for range 500 {
		if seated(p) == 0 {
			return
		}
		meanwhile()
		time.Sleep(10 * time.Millisecond)
	}
	t.Error("the call goes on")
}

// A call that opens channel upon channel, of which each would take memory, is ended.
func TestACallOfManyChannelsIsEnded(t *testing.T) {
	p := newTestProbe(t)
	c := newCaller(t)
	c.call(t, p, open(t, p, "k"))
	for i := range maxChannels - 1 { // one is open
		if _, err := c.pc.CreateDataChannel(fmt.Sprint(i), nil); err != nil {
			t.Fatal(err)
		}
	}
	time.Sleep(200 * time.Millisecond)
	if seated(p) != 1 {
		t.Fatal("it is ended while it has no more than it may")
	}
	if _, err := c.pc.CreateDataChannel("one more", nil); err != nil {
		t.Fatal(err)
	}
	ends(t, p, func() {})
}

// So is one that sends under a new number each time.
func TestACallOfManyStreamsIsEnded(t *testing.T) {
	p := newTestProbe(t)
	c := newCallerThrough(t, &hopping{})
	c.call(t, p, open(t, p, "k"))
	ends(t, p, func() { c.send(media.Up{Stream: media.Warm}.Payload(0)) })
}
