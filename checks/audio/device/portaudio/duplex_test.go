package portaudio

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"linecheck/checks/audio/device/protocol"
)

func TestPlayerFillsTheChannelsThereAre(t *testing.T) {
	for _, c := range []struct {
		channels int
		want     []float32
	}{
		{1, []float32{0.25, -0.5, 0}},
		{2, []float32{0.5, 0, -0.5, -0.5, 0, 0}},
		{4, []float32{0.5, 0, 0, 0, -0.5, -0.5, 0, 0, 0, 0, 0, 0}},
	} {
		d := newDuplex(0)
		d.sound = []float32{0.5, 0, -0.5, -0.5}
		out := make([]float32, 3*c.channels)
		for i := range out {
			out[i] = 9 // what the library left there
		}
		d.player(c.channels)(out, true)
		if diff := cmp.Diff(c.want, out); diff != "" {
			t.Errorf("%d channels: %s", c.channels, diff)
		}
		if d.played.Load() != 3 || d.breaks.Load() != 1 {
			t.Errorf("played %d, breaks %d", d.played.Load(), d.breaks.Load())
		}
	}
}

// A program that does not listen costs samples, and these are counted; the callback never waits.
func TestRecorderNeverWaits(t *testing.T) {
	d := newDuplex(time.Second)
	record := d.recorder(2)
	buf := []float32{1, 2, 3, 4}
	for range queued + 5 {
		record(buf, false)
	}
	buf[0] = 9 // the library's memory is its own again
	if got := <-d.pieces; got[0] != 1.5 || got[1] != 3.5 || len(got) != 2 {
		t.Errorf("%v", got)
	}
	if d.dropped.Load() != 10 {
		t.Errorf("%d dropped", d.dropped.Load())
	}
}

func TestWays(t *testing.T) {
	type way struct{ Rate, Channels int }
	for _, c := range []struct {
		d            protocol.Device
		most, wanted int
		want         []way
	}{
		{protocol.Device{Rate: 44100}, 2, 1, []way{{48000, 1}, {44100, 1}, {48000, 2}, {44100, 2}}},
		{protocol.Device{Rate: 48000}, 2, 2, []way{{48000, 2}, {48000, 1}}},
		{protocol.Device{Rate: 48000}, 32, 1, []way{{48000, 1}, {48000, 2}}},
		{protocol.Device{Rate: 16000}, 1, 2, []way{{48000, 1}, {16000, 1}}},
		{protocol.Device{Rate: 0}, 6, 2, []way{{48000, 2}, {48000, 6}, {48000, 1}}},
	} {
		var got []way
		for _, p := range ways(c.d, c.most, c.wanted) {
			got = append(got, way{p.rate, p.channels})
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%+v: %s", c.d, diff)
		}
	}
}
