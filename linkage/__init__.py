"""What is the same: standardise, block, compare, weigh and cluster reports into incidents and persons. Pure."""
