"""Virtual meters that answer real Modbus bytes (ARCHITECTURE 11).

``loads/`` says what buildings use, ``meters`` what a meter counts of it, ``registers`` what it
shows at any second, ``faults`` what it shows when something is wrong, ``maps`` at which addresses;
``plans`` reads which meters there are, ``serving`` lets them answer, ``control`` takes orders and
tells the truth, ``gateways`` writes the configuration of a gateway that reads them. Stands on
protocol and gateway only; reaches the platform by wire only. ``python -m hengneng.sim PLAN.toml``.
"""
