module golden/channelcounter/go118

go 1.18
