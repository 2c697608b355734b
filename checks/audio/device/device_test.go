package device_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"linecheck/checks/audio/device"
)

func shelf() []device.Device {
	return []device.Device{
		{Index: 0, Name: "Built-in Audio", Inputs: 2, Outputs: 2},
		{Index: 1, Name: "USB Headset", Inputs: 1, Outputs: 2, DefaultInput: true},
		{Index: 2, Name: "USB headset", Outputs: 2},
		{Index: 3, Name: "USB Camera", Inputs: 1},
		{Index: 4, Name: "Monitor", Outputs: 2, DefaultOutput: true},
	}
}

func TestChoose(t *testing.T) {
	for _, c := range []struct {
		name  string
		way   device.Direction
		index int
	}{
		{"", device.Input, 1},
		{"", device.Output, 4},
		{"USB Headset", device.Output, 1}, // exactly, though another one differs by case alone
		{"usb headset", device.Input, 1},
		{"BUILT", device.Output, 0},
		{"camera", device.Input, 3},
	} {
		d, err := device.Choose(shelf(), c.name, c.way)
		if err != nil || d.Index != c.index {
			t.Errorf("%s %q: %v %v", c.way, c.name, d.Name, err)
		}
	}
}

func TestChooseRefuses(t *testing.T) {
	for _, c := range []struct {
		all     []device.Device
		name    string
		way     device.Direction
		kind    device.Kind
		choices []string
	}{
		{shelf(), "usb", device.Input, device.AmbiguousName, []string{"USB Headset", "USB Camera"}},
		{shelf(), "USB HEADSET", device.Output, device.AmbiguousName, []string{"USB Headset", "USB headset"}},
		{shelf(), "camera", device.Output, device.UnknownName, []string{"Built-in Audio", "USB Headset", "USB headset", "Monitor"}},
		{shelf()[4:], "", device.Input, device.NoDevice, nil},
		{nil, "anything", device.Output, device.NoDevice, nil},
	} {
		_, err := device.Choose(c.all, c.name, c.way)
		var e *device.Error
		if !errors.As(err, &e) || e.Kind != c.kind || e.Direction != c.way {
			t.Errorf("%q: %v", c.name, err)
			continue
		}
		if diff := cmp.Diff(c.choices, e.Choices); diff != "" {
			t.Errorf("%q: %s", c.name, diff)
		}
	}
}

func TestChooseTakesTheFirstWhereNoneIsDefault(t *testing.T) {
	d, err := device.Choose([]device.Device{{Name: "a", Inputs: 1}, {Name: "b", Outputs: 1}, {Name: "c", Outputs: 1}}, "", device.Output)
	if err != nil || d.Name != "b" {
		t.Errorf("%v %v", d, err)
	}
}

func TestErrorText(t *testing.T) {
	e := &device.Error{Kind: device.UnknownName, Direction: device.Input, Message: "there is no \"x\"", Choices: []string{"a", "b"}, Stderr: "secret"}
	if want := `input unknown-name: there is no "x" (there are: a, b)`; e.Error() != want {
		t.Errorf("%q", e.Error())
	}
	if device.Is(errors.New("other"), device.Gone) || !device.Is(errors.Join(e), device.UnknownName) {
		t.Error("Is")
	}
}
