package virtual

import (
	"fmt"
	"math"
	"strings"
)

// modules are the PulseAudio commands that plug a card in, in their order.
func (c Card) modules(dir string, echo float64) []string {
	rate, channels := c.format()
	var cmds []string
	sink := func(name, text string, rate, channels int) {
		// Without norewinds a null sink delivers nothing for up to two seconds. 16 bits, because floats never clip.
		cmds = append(cmds, fmt.Sprintf("load-module module-null-sink sink_name=%s rate=%d channels=%d format=s16le norewinds=1 %s",
			name, rate, channels, describe("sink", text)))
	}
	switch c {
	case Cable:
		sink(c.sink(), c.Output(), rate, channels)
	case Laptop:
		sink(c.room(), c.Output()+" room", rate, 1)
		// A true convolution on the sink's own clock. With shared volume its volume would be the room's.
		cmds = append(cmds, fmt.Sprintf("load-module module-virtual-surround-sink sink_name=%s sink_master=%s hrir=%s/room.wav use_volume_sharing=no %s",
			c.sink(), c.room(), dir, describe("sink", c.Output())), volume("sink", c.sink(), echo))
	default:
		sink(c.sink(), c.Output(), rate, channels)
		sink(c.room(), c.Output()+" room", rate, 1)
	}
	cmds = append(cmds, fmt.Sprintf("load-module module-remap-source master=%s.monitor source_name=%s format=s16le rate=%d %s",
		c.room(), c.source(), rate, describe("source", c.Input())))
	switch c {
	case Muted:
		cmds = append(cmds, "set-source-mute "+c.source()+" 1")
	case Quiet:
		cmds = append(cmds, volume("source", c.source(), -50))
	case Loud:
		cmds = append(cmds, volume("source", c.source(), 30))
	}
	return cmds
}

func describe(what, text string) string {
	return fmt.Sprintf(`%s_properties="device.description='%s'"`, what, text)
}

// volume as PulseAudio's own number, whose cube is the amplitude: a value in dB
// with a minus sign would count as a change relative to the present one.
func volume(what, name string, db float64) string {
	return fmt.Sprintf("set-%s-volume %s %d", what, name, int(math.Round(65536*math.Pow(10, db/60))))
}

// script is the server's whole start.
func script(dir string, cards []Card, echo float64) string {
	lines := []string{
		"load-module module-native-protocol-unix auth-anonymous=1 socket=" + dir + "/native",
		// Streams of the default card would move on to the next default when it goes, so the
		// default is one that nobody uses.
		"load-module module-null-sink sink_name=nowhere norewinds=1",
	}
	for _, c := range cards {
		lines = append(lines, c.modules(dir, echo)...)
	}
	lines = append(lines, "set-default-sink nowhere", "set-default-source nowhere.monitor")
	return strings.Join(lines, "\n") + "\n"
}

// pcm is the card as two one-way devices in ALSA's configuration.
func (c Card) pcm() string {
	return fmt.Sprintf("pcm.%q { type asym playback.pcm { type pulse device %s } }\npcm.%q { type asym capture.pcm { type pulse device %s } }\n",
		c.Output(), c.sink(), c.Input(), c.source())
}

func standard(c Card) string {
	return fmt.Sprintf("pcm.!default { type asym playback.pcm { type pulse device %s } capture.pcm { type pulse device %s } }\n", c.sink(), c.source())
}

// views are ALSA's configuration for each view, given what is plugged in.
func views(plugged []Card) map[View]string {
	all := map[View]string{
		// PortAudio 19.6 aborts where nothing is listed, and where every listed device opens
		// and none is called default: so here is one that does not open.
		None: "pcm.none { type asym }\n",
		NoInput: fmt.Sprintf("pcm.%q { type asym playback.pcm { type pulse device %s } }\npcm.!default { type asym playback.pcm { type pulse device %[2]s } }\n",
			"Monitor Speakers", Headset.sink()),
	}
	first := Headset
	if len(plugged) > 0 {
		first = plugged[0]
	}
	var every strings.Builder
	for _, c := range plugged {
		every.WriteString(c.pcm())
	}
	every.WriteString(standard(first))
	all[All] = every.String()
	for _, c := range Cards() {
		all[View(c)] = standard(c)
	}
	for _, c := range plugged {
		all[View(c)] = c.pcm() + standard(c)
	}
	return all
}
