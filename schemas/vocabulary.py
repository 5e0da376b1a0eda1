"""The closed vocabularies of the schemas: one enumeration for each Avro enum, its first symbol the default."""

from enum import StrEnum


class Action(StrEnum):
    """What an agency did: one code list for all (ASB, Crime and Policing Act 2014; Environmental Protection Act
    1990 section 80; Noise Act 1996).
    """

    OTHER = "OTHER"
    VISIT = "VISIT"
    CONTACT = "CONTACT"
    ADVICE = "ADVICE"
    MEDIATION = "MEDIATION"
    WARNING = "WARNING"
    ACCEPTABLE_BEHAVIOUR_CONTRACT = "ACCEPTABLE_BEHAVIOUR_CONTRACT"
    NOISE_MONITORING = "NOISE_MONITORING"
    COMMUNITY_PROTECTION_WARNING = "COMMUNITY_PROTECTION_WARNING"
    COMMUNITY_PROTECTION_NOTICE = "COMMUNITY_PROTECTION_NOTICE"
    COMMUNITY_PROTECTION_NOTICE_BREACH = "COMMUNITY_PROTECTION_NOTICE_BREACH"
    ABATEMENT_NOTICE = "ABATEMENT_NOTICE"
    ABATEMENT_NOTICE_BREACH = "ABATEMENT_NOTICE_BREACH"
    EQUIPMENT_SEIZURE = "EQUIPMENT_SEIZURE"
    FIXED_PENALTY_NOTICE = "FIXED_PENALTY_NOTICE"
    DISPERSAL = "DISPERSAL"
    INJUNCTION = "INJUNCTION"
    CRIMINAL_BEHAVIOUR_ORDER = "CRIMINAL_BEHAVIOUR_ORDER"
    PUBLIC_SPACES_PROTECTION_ORDER = "PUBLIC_SPACES_PROTECTION_ORDER"
    CLOSURE_NOTICE = "CLOSURE_NOTICE"
    CLOSURE_ORDER = "CLOSURE_ORDER"
    TENANCY_ACTION = "TENANCY_ACTION"
    PROSECUTION = "PROSECUTION"
    REFERRAL = "REFERRAL"
    CASE_REVIEW = "CASE_REVIEW"


class AlertState(StrEnum):
    """What became of an alert."""

    UNKNOWN = "UNKNOWN"
    RAISED = "RAISED"
    UPDATED = "UPDATED"
    WITHDRAWN = "WITHDRAWN"


class CaseKind(StrEnum):
    """What a case gathers."""

    UNKNOWN = "UNKNOWN"
    REPEAT_VICTIM = "REPEAT_VICTIM"
    REPEAT_PLACE = "REPEAT_PLACE"
    SHARED_PROBLEM = "SHARED_PROBLEM"


class Category(StrEnum):
    """The common list of kinds of behaviour, to which every agency's own list is mapped (schemas/code_lists). An
    unknown code becomes OTHER; its original is kept in the sealed part.
    """

    OTHER = "OTHER"
    NOISE = "NOISE"
    ROWDY_BEHAVIOUR = "ROWDY_BEHAVIOUR"
    NUISANCE_NEIGHBOURS = "NUISANCE_NEIGHBOURS"
    HARASSMENT = "HARASSMENT"
    HATE_RELATED = "HATE_RELATED"
    MALICIOUS_COMMUNICATIONS = "MALICIOUS_COMMUNICATIONS"
    VIOLENCE = "VIOLENCE"
    DOMESTIC_ABUSE = "DOMESTIC_ABUSE"
    SEXUAL_OFFENCE = "SEXUAL_OFFENCE"
    VANDALISM = "VANDALISM"
    ANIMALS = "ANIMALS"
    VEHICLE_NUISANCE = "VEHICLE_NUISANCE"
    VEHICLE_ABANDONED = "VEHICLE_ABANDONED"
    DRUGS = "DRUGS"
    STREET_DRINKING = "STREET_DRINKING"
    LITTER_AND_FLY_TIPPING = "LITTER_AND_FLY_TIPPING"
    GARDEN_NUISANCE = "GARDEN_NUISANCE"
    COMMUNAL_AREAS = "COMMUNAL_AREAS"
    PROSTITUTION = "PROSTITUTION"
    BEGGING = "BEGGING"
    TRESPASS = "TRESPASS"
    FIREWORKS = "FIREWORKS"
    STATUTORY_NUISANCE = "STATUTORY_NUISANCE"


class CommandKind(StrEnum):
    """What a command asks resolve to do."""

    UNKNOWN = "UNKNOWN"
    TICK = "TICK"
    ERASE = "ERASE"
    EXPIRE = "EXPIRE"
    AGREEMENT_CHANGED = "AGREEMENT_CHANGED"
    MODEL_PROMOTED = "MODEL_PROMOTED"
    REPLAY = "REPLAY"
    SOURCE_SWITCHED = "SOURCE_SWITCHED"


class Definition(StrEnum):
    """Which statutory definition of antisocial behaviour the agency judged the report under."""

    NOT_STATED = "NOT_STATED"
    ASBCPA_2014_S2 = "ASBCPA_2014_S2"
    ASBCPA_2014_S105 = "ASBCPA_2014_S105"
    EPA_1990_PART_3 = "EPA_1990_PART_3"


class Graph(StrEnum):
    """Which of the graphs a link belongs to."""

    UNKNOWN = "UNKNOWN"
    PERSON = "PERSON"
    INCIDENT = "INCIDENT"
    PLACE = "PLACE"


class HateStrand(StrEnum):
    """Hostility perceived by the victim or any other person."""

    OTHER = "OTHER"
    DISABILITY = "DISABILITY"
    RACE = "RACE"
    RELIGION = "RELIGION"
    SEXUAL_ORIENTATION = "SEXUAL_ORIENTATION"
    TRANSGENDER_IDENTITY = "TRANSGENDER_IDENTITY"


class Kind(StrEnum):
    """Whether the record is an agency's own work or published statistics; statistics never count as incidents and
    never raise alerts.
    """

    UNKNOWN = "UNKNOWN"
    OPERATIONAL = "OPERATIONAL"
    PUBLIC_STATISTICS = "PUBLIC_STATISTICS"


class Marking(StrEnum):
    """Government security classification given by the agency."""

    NOT_STATED = "NOT_STATED"
    OFFICIAL = "OFFICIAL"
    OFFICIAL_SENSITIVE = "OFFICIAL_SENSITIVE"


class Operation(StrEnum):
    """What this message does to the report that it names."""

    UNKNOWN = "UNKNOWN"
    INSERT = "INSERT"
    REVISE = "REVISE"
    WITHDRAW = "WITHDRAW"


class PersonKind(StrEnum):
    """Whether the person speaks for themself; officials, anonymous and hoax callers never link victims."""

    UNKNOWN = "UNKNOWN"
    MEMBER_OF_PUBLIC = "MEMBER_OF_PUBLIC"
    OFFICIAL = "OFFICIAL"
    ANONYMOUS = "ANONYMOUS"
    HOAX = "HOAX"


class PersonRole(StrEnum):
    """Which part a person plays in a report (Data Protection Act 2018 section 38 asks for the distinction)."""

    UNKNOWN = "UNKNOWN"
    COMPLAINANT = "COMPLAINANT"
    VICTIM = "VICTIM"
    WITNESS = "WITNESS"
    ALLEGED_PERPETRATOR = "ALLEGED_PERPETRATOR"
    REPORTER_ON_BEHALF = "REPORTER_ON_BEHALF"


class PlaceMethod(StrEnum):
    """How the place was got."""

    UNKNOWN = "UNKNOWN"
    STATED_UPRN = "STATED_UPRN"
    STATED_POINT = "STATED_POINT"
    STATED_ADDRESS = "STATED_ADDRESS"
    SNAPPED_POINT = "SNAPPED_POINT"
    POSTCODE_CENTROID = "POSTCODE_CENTROID"
    AREA_ONLY = "AREA_ONLY"


class PlaceRole(StrEnum):
    """Which part a place plays in the behaviour; places of different roles are never compared as one."""

    UNKNOWN = "UNKNOWN"
    SOURCE = "SOURCE"
    AFFECTED = "AFFECTED"
    OCCURRED = "OCCURRED"


class PropertyType(StrEnum):
    """What a property is, by its gazetteer's class (schemas/code_lists/blpu_class.csv).

    HOSTEL is any residence whose residents share one address: hostel, guest house, house in multiple occupation, care
    home, students' hall. BUILDING is the shell of several properties.
    """

    UNKNOWN = "UNKNOWN"
    HOME = "HOME"
    HOSTEL = "HOSTEL"
    BUILDING = "BUILDING"
    LICENSED_PREMISES = "LICENSED_PREMISES"
    OPEN_SPACE = "OPEN_SPACE"
    OTHER = "OTHER"


class Precision(StrEnum):
    """How exactly a span of time is known: the span's width in words."""

    UNKNOWN = "UNKNOWN"
    EXACT = "EXACT"
    MINUTE = "MINUTE"
    HOUR = "HOUR"
    DAY = "DAY"
    MONTH = "MONTH"
    YEAR = "YEAR"
    RANGE = "RANGE"


class Qualifier(StrEnum):
    """Who bears the behaviour, independent of its category (National Standard for Incident Recording, ASB closing
    categories).
    """

    NOT_STATED = "NOT_STATED"
    PERSONAL = "PERSONAL"
    NUISANCE = "NUISANCE"
    ENVIRONMENTAL = "ENVIRONMENTAL"


class Regime(StrEnum):
    """Which part of data protection law binds the controller for this record."""

    NOT_STATED = "NOT_STATED"
    UK_GDPR = "UK_GDPR"
    DPA_2018_PART_3 = "DPA_2018_PART_3"
    NOT_PERSONAL_DATA = "NOT_PERSONAL_DATA"


class Restriction(StrEnum):
    """Why a report, or a person in it, is restricted by default."""

    OTHER = "OTHER"
    DOMESTIC_ABUSE = "DOMESTIC_ABUSE"
    SEXUAL_OFFENCE = "SEXUAL_OFFENCE"
    STALKING = "STALKING"
    HONOUR_BASED_ABUSE = "HONOUR_BASED_ABUSE"
    CHILD = "CHILD"
    REFUGE_ADDRESS = "REFUGE_ADDRESS"
    STAFF_SAFETY = "STAFF_SAFETY"
    INFORMANT = "INFORMANT"


class Statement(StrEnum):
    """Fact or opinion (Data Protection Act 2018 section 38(1))."""

    NOT_STATED = "NOT_STATED"
    FACT = "FACT"
    OPINION = "OPINION"


class Unit(StrEnum):
    """What one record of the source stands for."""

    UNKNOWN = "UNKNOWN"
    SINGLE_OCCASION = "SINGLE_OCCASION"
    SUMMARY = "SUMMARY"


class UpdateKind(StrEnum):
    """What an agency update tells."""

    UNKNOWN = "UNKNOWN"
    OPENED = "OPENED"
    CLOSED = "CLOSED"
    REOPENED = "REOPENED"
    ACTION = "ACTION"
    RISK_ASSESSED = "RISK_ASSESSED"
    CRIMED = "CRIMED"
    NOTE = "NOTE"


class Verdict(StrEnum):
    """What a caseworker says of a pair."""

    UNSURE = "UNSURE"
    SAME = "SAME"
    DIFFERENT = "DIFFERENT"
    WITHDRAWN = "WITHDRAWN"
