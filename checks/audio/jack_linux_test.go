package audio_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"linecheck/checks/audio/internal/lab"
	"linecheck/checks/audio/virtual"
)

// Neither PortAudio nor ALSA's plugin for JACK reaches JACK's library, whose database one killed
// program locks for all: glibc tells which function each of them was given.
func TestJACKIsNeverStarted(t *testing.T) {
	t.Parallel()
	s := lab.Cards(t, virtual.Options{Cards: []virtual.Card{virtual.Headset}})
	dir := t.TempDir()
	view := ""
	for _, v := range s.Env(virtual.View(virtual.Headset)) {
		if name, ok := strings.CutPrefix(v, "ALSA_CONFIG_PATH="); ok {
			view = name
		}
	}
	config := filepath.Join(dir, "asound.conf")
	text := "<" + view + ">\npcm.jack { type jack playback_ports { 0 nowhere } capture_ports { 0 nowhere } }\n"
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	h := lab.Helper(t, s, virtual.View(virtual.Headset))
	h.Env = append(h.Env, "ALSA_CONFIG_PATH="+config, "LD_DEBUG=bindings", "LD_BIND_NOW=1", "LD_DEBUG_OUTPUT="+filepath.Join(dir, "bound"))
	listed, err := h.List(t.Context())
	if err != nil || len(listed) == 0 {
		t.Fatalf("%d devices are listed: %v", len(listed), err)
	}
	found, err := filepath.Glob(filepath.Join(dir, "bound.*"))
	if err != nil || len(found) == 0 {
		t.Fatalf("nothing tells what was bound: %v", err)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	askers := map[string]bool{}
	for _, name := range found {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for line := range bytes.Lines(data) {
			_, rest, ok := bytes.Cut(line, []byte("binding file "))
			if !ok || !bytes.Contains(rest, []byte("`jack_client_open'")) {
				continue
			}
			asker, given, _ := strings.Cut(string(rest), " [0] to ")
			askers[filepath.Base(asker)] = true
			if !strings.HasPrefix(given, self+" ") {
				t.Errorf("%s is given %s", asker, given)
			}
		}
	}
	for _, want := range []string{"libportaudio.so.2", "libasound_module_pcm_jack.so"} {
		if !askers[want] {
			t.Errorf("%s never asked for JACK here: this test does not show what it should (%v did)", want, askers)
		}
	}
}
