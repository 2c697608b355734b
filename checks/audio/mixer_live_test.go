//go:build linux

package audio_test

import (
	"testing"

	"linecheck/checks/audio"
	"linecheck/checks/audio/internal/lab"
	"linecheck/checks/audio/virtual"
)

// The system says that a microphone is muted, and that one is not.
func TestMutedInTheSystem(t *testing.T) {
	t.Parallel()
	s := lab.Cards(t, virtual.Options{RoomTone: tone})
	for card, want := range map[virtual.Card]string{virtual.Muted: "yes", virtual.Headset: "no"} {
		t.Run(string(card), func(t *testing.T) {
			t.Parallel()
			ev := run(t, audio.NewMicrophone(audio.Config{Helper: lab.Helper(t, s, virtual.View(card))}), nil)
			if ev.Facts["muted"] != want {
				t.Errorf("muted: %q", ev.Facts["muted"])
			}
		})
	}
}

// No echo of a muted output says nothing of headphones.
func TestMutedOutput(t *testing.T) {
	t.Parallel()
	s := lab.Cards(t, virtual.Options{Cards: []virtual.Card{virtual.Headset}, RoomTone: tone})
	if err := s.MuteOutput(virtual.Headset, true); err != nil {
		t.Fatal(err)
	}
	ev := run(t, audio.NewOutput(audio.Config{Helper: lab.Helper(t, s, virtual.View(virtual.Headset))}), nil)
	if ev.Facts["kind"] != "unknown" || ev.Facts["echo.reason"] != "muted" || ev.Facts["muted"] != "yes" {
		t.Errorf("%v", ev.Facts)
	}
}
