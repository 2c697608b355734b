package media_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"linecheck/checks/internal/media"
)

func TestPayloadsRoundTrip(t *testing.T) {
	up := media.Up{Stream: media.Speech, Seq: 399, Sent: 8 * time.Second}
	if got, ok := media.ParseUp(up.Payload(media.SpeechSize)); !ok || got != up {
		t.Errorf("ParseUp = %+v, %v, want %+v", got, ok, up)
	}
	down := media.Down{Seq: 398, Up: up, Count: 397, Received: time.Hour, Sent: time.Hour + time.Microsecond}
	got, ok := media.ParseDown(down.Payload(media.SpeechSize))
	if diff := cmp.Diff(down, got); !ok || diff != "" {
		t.Errorf("ParseDown: ok=%v %s", ok, diff)
	}
	warm := media.Down{Up: media.Up{Stream: media.Warm}}
	if got, ok := media.ParseDown(warm.Payload(media.SpeechSize)); !ok || got.Up.Stream != media.Warm {
		t.Errorf("a warm-up echo came back as %+v, %v", got, ok)
	}
	if got, ok := media.ParseUp(warm.Up.Payload(media.SpeechSize)); !ok || got.Stream != media.Warm {
		t.Errorf("a warm-up packet came back as %+v, %v", got, ok)
	}
	if n := len(up.Payload(media.VideoSize)); n != media.VideoSize {
		t.Errorf("a video payload is %d bytes long", n)
	}
	if n, m := len(up.Payload(media.SpeechSize)), len(down.Payload(media.SpeechSize)); n != media.SpeechSize || m != n {
		t.Errorf("payloads are %d and %d bytes long, want %d", n, m, media.SpeechSize)
	}
}

func TestStrangePayloadsAreRefused(t *testing.T) {
	good := media.Up{Seq: 1, Sent: 1}.Payload(media.SpeechSize)
	tests := []struct {
		name    string
		payload []byte
	}{
		{"nothing", nil},
		{"cut off", good[:19]},
		{"the other direction's", media.Down{Seq: 1}.Payload(media.SpeechSize)},
		{"sequence out of range", media.Up{Seq: media.MaxPackets}.Payload(media.SpeechSize)},
		{"a stream that is none", media.Up{Stream: 99}.Payload(media.SpeechSize)},
		{"negative time", media.Up{Sent: -1}.Payload(media.SpeechSize)},
		{"a time that would overflow", media.Up{Sent: 1<<63 - 1}.Payload(media.SpeechSize)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if u, ok := media.ParseUp(tt.payload); ok {
				t.Errorf("ParseUp took it as %+v", u)
			}
		})
	}
	if d, ok := media.ParseDown(good); ok {
		t.Errorf("ParseDown took an up payload as %+v", d)
	}
	if d, ok := media.ParseDown(media.Down{Count: media.MaxPackets + 1}.Payload(media.SpeechSize)); ok {
		t.Errorf("ParseDown took too high a count: %+v", d)
	}
}

func FuzzPayloads(f *testing.F) {
	f.Add(media.Up{Seq: 1, Sent: 2}.Payload(media.SpeechSize))
	f.Add(media.Down{Seq: 1, Sent: 2}.Payload(media.SpeechSize))
	f.Fuzz(func(t *testing.T, b []byte) {
		if u, ok := media.ParseUp(b); ok {
			if again, ok := media.ParseUp(u.Payload(media.SpeechSize)); !ok || again != u {
				t.Errorf("%+v became %+v", u, again)
			}
		}
		if d, ok := media.ParseDown(b); ok {
			if again, ok := media.ParseDown(d.Payload(media.SpeechSize)); !ok || again != d {
				t.Errorf("%+v became %+v", d, again)
			}
		}
	})
}
