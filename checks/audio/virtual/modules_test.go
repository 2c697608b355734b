package virtual

import (
	"strings"
	"testing"
)

func TestViews(t *testing.T) {
	all := views([]Card{Laptop, HandsFree})
	for view, want := range map[View][]string{
		All:             {`pcm."Laptop Built-in Audio" `, `pcm."Auriculares Señal BT Mic" `, "pcm.!default { type asym playback.pcm { type pulse device laptop_out }"},
		View(HandsFree): {`pcm."Auriculares Señal BT" `, "device hfp_mic } }\npcm.!default"},
		View(Headset):   {"pcm.!default"}, // not plugged in: nothing but a default that fails
		None:            {"pcm.none"},
		NoInput:         {`pcm."Monitor Speakers"`, "pcm.!default"},
	} {
		for _, w := range want {
			if !strings.Contains(all[view], w) {
				t.Errorf("view %s lacks %q:\n%s", view, w, all[view])
			}
		}
	}
	if strings.Contains(all[View(Headset)], Headset.Output()) {
		t.Error("a card that is not plugged in is listed")
	}
	if strings.Contains(all[NoInput], "capture") || strings.Contains(all[None], "default") {
		t.Error("too much is listed")
	}
}

func TestScriptAvoidsTheTraps(t *testing.T) {
	text := script("/d", Cards(), -20)
	for _, line := range strings.Split(text, "\n") {
		if strings.Contains(line, "module-null-sink") && !strings.Contains(line, "norewinds=1") {
			t.Errorf("a sink that starts late: %s", line)
		}
		if strings.Contains(line, "volume") && strings.Contains(line, " -") {
			t.Errorf("a relative volume: %s", line)
		}
	}
	for _, want := range []string{
		"socket=/d/native", "use_volume_sharing=no", "set-default-sink nowhere", "set-source-mute muted_mic 1",
		"set-source-volume loud_mic 207243", // 65536 times the cube root of +30 dB
		"sink_name=hfp_air rate=8000 channels=1",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
}
