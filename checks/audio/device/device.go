package device

import (
	"fmt"
	"strings"

	"linecheck/checks/audio/device/protocol"
)

// Device is one sound device.
type Device = protocol.Device

// Sides is how much sound the two sides of a recording had.
type Sides = protocol.Sides

// Mixer is how devices are set in the system.
type Mixer = protocol.Mixer

// Direction is which way sound goes.
type Direction = protocol.Direction

// The directions. Both stands for the sound system as a whole.
const (
	Input  = protocol.Input
	Output = protocol.Output
	Both   = protocol.Both
)

// Choose finds the device to use for one direction. An empty name means the
// system's default, or the first that can where the system names none. A name
// is looked for exactly, then without regard to case, then as a part of a name,
// and must leave one device. It returns an [Error] of kind NoDevice, UnknownName or
// AmbiguousName.
func Choose(all []Device, name string, way Direction) (Device, error) {
	var able []Device
	for _, d := range all {
		if way == Input && d.Inputs > 0 || way == Output && d.Outputs > 0 {
			able = append(able, d)
		}
	}
	if len(able) == 0 {
		return Device{}, &Error{Kind: NoDevice, Direction: way}
	}
	if name == "" {
		return standard(able, way), nil
	}
	lower := strings.ToLower(name)
	for _, match := range []func(string) bool{
		func(s string) bool { return s == name },
		func(s string) bool { return strings.EqualFold(s, name) },
		func(s string) bool { return strings.Contains(strings.ToLower(s), lower) },
	} {
		switch found := named(able, match); len(found) {
		case 0:
		case 1:
			return found[0], nil
		default:
			return Device{}, &Error{Kind: AmbiguousName, Direction: way, Message: fmt.Sprintf("%q fits more than one", name), Choices: names(found)}
		}
	}
	return Device{}, &Error{Kind: UnknownName, Direction: way, Message: fmt.Sprintf("there is no %q", name), Choices: names(able)}
}

func standard(able []Device, way Direction) Device {
	for _, d := range able {
		if way == Input && d.DefaultInput || way == Output && d.DefaultOutput {
			return d
		}
	}
	return able[0]
}

func named(all []Device, match func(string) bool) []Device {
	var found []Device
	for _, d := range all {
		if match(d.Name) {
			found = append(found, d)
		}
	}
	return found
}

func names(all []Device) []string {
	out := make([]string, len(all))
	for i, d := range all {
		out[i] = d.Name
	}
	return out
}
