package portaudio

import "linecheck/checks/audio/device/protocol"

// mixer asks macOS whether this program may use the microphone. How loud devices are set
// it does not ask.
func mixer() protocol.Mixer { return protocol.Mixer{InputForbidden: newKeeper().says().withheld()} }
