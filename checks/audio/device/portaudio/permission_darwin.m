//go:build darwin && cgo

#import <AVFoundation/AVFoundation.h>
#include <stdatomic.h>

#include "permission_darwin.h"

// answer is what the person said since this process let them be asked.
static atomic_int answer = LINECHECK_UNDECIDED;

int linecheck_microphone(void) {
	@autoreleasepool {
		switch ([AVCaptureDevice authorizationStatusForMediaType:AVMediaTypeAudio]) {
		case AVAuthorizationStatusNotDetermined:
			return atomic_load(&answer);
		case AVAuthorizationStatusAuthorized:
			return LINECHECK_ALLOWED;
		case AVAuthorizationStatusDenied:
		case AVAuthorizationStatusRestricted: // by whoever manages the computer
			return LINECHECK_FORBIDDEN;
		default:
			return LINECHECK_UNTOLD;
		}
	}
}

void linecheck_ask_for_microphone(void) {
	@autoreleasepool {
		// The answer comes on a thread of the system's own, so that nothing here needs a run loop.
		[AVCaptureDevice requestAccessForMediaType:AVMediaTypeAudio completionHandler:^(BOOL granted) {
			atomic_store(&answer, granted ? LINECHECK_ALLOWED : LINECHECK_FORBIDDEN);
		}];
	}
}
