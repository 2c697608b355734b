package internet

import (
	"errors"
	"math"
	"net"
	"testing"
	"time"

	"github.com/pion/stun/v3"

	"linecheck/checks/internal/media"
)

// packets are some, two in a burst, that came back after so many ms each; 0 did not, and lostUp not even there.
func packets(lostUp map[int]bool, trips ...float64) (sent []packet) {
	count := uint32(0)
	for i, ms := range trips {
		k := packet{burst: i / 2, sent: time.Duration(i/2) * voiceGap}
		if !lostUp[i] {
			count++
		}
		if ms > 0 {
			k.back, k.count = k.sent+time.Duration(ms*float64(time.Millisecond)), count
		}
		sent = append(sent, k)
	}
	return sent
}

func TestLineOf(t *testing.T) {
	l := lineOf(packets(map[int]bool{1: true}, 10, 0, 0, 14, 10, 12, 0, 0, 10, 10))
	if l.sent != 10 || l.lost != 4 || len(l.trips) != 4 {
		t.Errorf("%+v", l)
	}
	if l.up != 10 || l.lostUp != 1 || l.received != 9 || l.lostDown != 3 {
		t.Errorf("%d of %d lost up, %d of %d down", l.lostUp, l.up, l.lostDown, l.received)
	}
	// bursts 10, 14, 10, lost, 10: two pairs of neighbours
	if l.steps != 2 || math.Abs(l.jitter-4/movingRange) > 1e-9 {
		t.Errorf("jitter %v of %d pairs", l.jitter, l.steps)
	}
	if l := lineOf(nil); !math.IsNaN(l.jitter) || l.up != 0 {
		t.Errorf("of nothing: %+v", l)
	}
}

// A far end that answers without counting still tells latency, and the loss there and back.
func TestPingsWithoutACount(t *testing.T) {
	far, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	defer far.Close()
	go func() {
		buf := make([]byte, 1500)
		for i := 0; ; i++ {
			n, from, err := far.ReadFromUDP(buf)
			if err != nil {
				return
			}
			m, ok := media.ParseSTUN(buf[:n])
			if !ok || i%10 == 3 {
				continue
			}
			answer, _ := stun.Build(stun.NewTransactionIDSetter(m.TransactionID), stun.BindingSuccess)
			_, _ = far.WriteToUDP(answer.Raw, from)
			_, _ = far.WriteToUDP(answer.Raw, from) // twice: counts once
			_, _ = far.WriteToUDP([]byte("noise"), from)
		}
	}()
	noLeaks(t)
	p, err := newPings(t.Context(), far.LocalAddr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer p.close()
	l, err := p.idle(t.Context(), idleSpan, func(float64, float64) {})
	if err != nil || l.up != 0 || len(l.trips) < l.sent/burst-1 || math.Abs(float64(l.lost)/float64(l.sent)-0.1) > 0.02 {
		t.Errorf("%v: %d lost of %d, %d counted", err, l.lost, l.sent, l.up)
	}
	stop := p.during(t.Context())
	time.Sleep(200 * time.Millisecond)
	if len(p.recent(200*time.Millisecond, time.Millisecond)) < 2 {
		t.Error("nothing recent")
	}
	if n := len(stop()); n < 2 || n > 6 {
		t.Errorf("%d samples in 200 ms", n)
	}
}

func TestPingsThatNobodyAnswers(t *testing.T) {
	silent, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	for name, addr := range map[string]string{"silent": silent.LocalAddr().String(), "closed": "127.0.0.1:9"} {
		p, err := newPings(t.Context(), addr)
		if err != nil {
			t.Fatal(err)
		}
		begin := time.Now()
		if _, err := p.idle(t.Context(), idleSpan, func(float64, float64) {}); !errors.Is(err, errNoUDP) || time.Since(begin) > idleSpan {
			t.Errorf("%s: %v after %v", name, err, time.Since(begin))
		}
		p.close()
	}
}
