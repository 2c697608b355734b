package portaudio

import (
	"golang.org/x/sys/windows/registry"

	"linecheck/checks/audio/device/protocol"
)

// consent is where Windows keeps whether programs may use the microphone; below
// it, NonPackaged is for programs that do not come from its store.
const consent = `Software\Microsoft\Windows\CurrentVersion\CapabilityAccessManager\ConsentStore\microphone`

// mixer asks Windows whether desktop programs may use the microphone. How loud
// devices are set it does not ask.
func mixer() (m protocol.Mixer) {
	for _, root := range []registry.Key{registry.LOCAL_MACHINE, registry.CURRENT_USER} {
		for _, path := range []string{consent, consent + `\NonPackaged`} {
			denied(root, path, &m)
		}
	}
	return m
}

// denied notes what one setting says. One that denies counts more than others that allow.
func denied(root registry.Key, path string, m *protocol.Mixer) {
	k, err := registry.OpenKey(root, path, registry.QUERY_VALUE)
	if err != nil {
		return
	}
	defer func() { _ = k.Close() }()
	v, _, err := k.GetStringValue("Value")
	if err != nil || v != "Allow" && v != "Deny" {
		return
	}
	if no := v == "Deny"; m.InputForbidden == nil || no {
		m.InputForbidden = &no
	}
}
