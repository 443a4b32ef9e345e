"""Every environment variable the product reads, and what it means; a house test compares."""

VARIABLES = {
    "HENGNENG_CLOCK": (
        "Simulated time for demo and tests: `start@rate`, an aware ISO instant and simulated"
        " seconds per real second. `up` refuses it."
    ),
    "HENGNENG_CLOCK_BEGAN": (
        "Real second at which the simulation began, so that processes of one run agree. Set by the"
        " script."
    ),
    "HENGNENG_DATABASE_URL": (
        "Connection string of an outside PostgreSQL 15 or later. Unset: the script runs its own"
        " embedded server in the data folder."
    ),
    "HENGNENG_DATA_DIR": "The data folder: database, keys, logs, files. Default `./var`.",
    "HENGNENG_DEMO_OPEN_AFTER": (
        "Seconds after which a new demo city is opened, worked out as far as it is; the rest"
        " follows. Default 130."
    ),
    "HENGNENG_HOSTS": "Host names the product answers to, separated by commas. Default: any.",
    "HENGNENG_LOG_LEVEL": "Least level of what is logged. Default `WARNING`.",
    "HENGNENG_METERS_DIR": (
        "Folder of the real load series that the demo city plays where they are present. Unset: a"
        " folder beside the checkout, else the derived week table."
    ),
    "HENGNENG_PORT": "Port the product listens on.",
    "HENGNENG_PROXIES": (
        "Addresses of your own servers in front, separated by commas: only from these is a sender's"
        " address, or its certificate, believed on their word. Default: none."
    ),
    "HENGNENG_ROOT": "The checkout, where it is not found beside the package.",
    "HENGNENG_SECRET_KEY_FILE": (
        "File with the key that signs sessions. Default `secret.key` in the data folder."
    ),
    "HENGNENG_TEST_DATABASE_URL": (
        "Server on which `test` makes its databases. Unset: an embedded one for the run."
    ),
    "HENGNENG_TEST_LONG": (
        "Makes tests of examples try hundreds of them. Set by `./hengneng test --long`."
    ),
    "HENGNENG_TIME_ZONE": (
        "The city's civil time. Default `Asia/Shanghai`. A zone with daylight saving time is"
        " refused (decision 0002)."
    ),
}

# Handed by the script to the processes it starts; nobody else sets them.
INTERNAL = {
    "HENGNENG_HOST",
    "HENGNENG_SUPERVISOR",
    "HENGNENG_WEB_MAIN",
    "HENGNENG_WEB_THREADS",
    "HENGNENG_WEB_WORKERS",
}
