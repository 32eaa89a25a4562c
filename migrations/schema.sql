-- The schema that the migrations build, read back from the catalogue. Generated: never edited, never run.

-- schemas
SCHEMA audit_archive

-- extensions
EXTENSION btree_gist

-- tables
TABLE public.access_callbacks
  attempts integer NOT NULL DEFAULT 0
  due_at timestamp with time zone
  endpoint text NOT NULL
  events text[]
  last_fault text
  last_status integer
  opaque text
  request_id uuid NOT NULL
  state text NOT NULL DEFAULT 'waiting'::text
  status text
TABLE public.access_requests
  agent_id uuid NOT NULL
  approval_id uuid NOT NULL
  call_id uuid NOT NULL
  code_ids uuid[] NOT NULL
  created_at timestamp with time zone NOT NULL
  evaluation_ids text[] NOT NULL
  expires_at timestamp with time zone NOT NULL
  id uuid NOT NULL
  idempotency_key text
  is_list boolean NOT NULL
  items jsonb NOT NULL
  request_hash bytea NOT NULL
  requester text NOT NULL
  status text NOT NULL DEFAULT 'pending'::text
TABLE public.agent_attestations
  agent_id uuid NOT NULL
  channel text
  expires_at timestamp with time zone NOT NULL
  id uuid NOT NULL
  issued_at timestamp with time zone NOT NULL
  kind text NOT NULL
  recorded_at timestamp with time zone NOT NULL
  recorded_by text NOT NULL
  withdrawn_at timestamp with time zone
TABLE public.agents
  agent_ref text NOT NULL
  created_at timestamp with time zone NOT NULL
  flags text[] NOT NULL DEFAULT '{}'::text[]
  id uuid NOT NULL
  is_active boolean NOT NULL DEFAULT true
  leaves_at timestamp with time zone
  pseudonym text NOT NULL
  role text NOT NULL
  skills text[] NOT NULL DEFAULT '{}'::text[]
  team text
TABLE public.api_keys
  agent_id uuid
  created_at timestamp with time zone NOT NULL
  expires_at timestamp with time zone NOT NULL
  id text NOT NULL
  may_search boolean NOT NULL DEFAULT false
  name text NOT NULL
  revoked_at timestamp with time zone
  rotated_from text
  scope text NOT NULL
  secret_hash bytea NOT NULL
  strength integer NOT NULL
TABLE public.ask_first
  chosen_at timestamp with time zone NOT NULL
  person_id uuid NOT NULL
  scope text NOT NULL
TABLE public.assisted_acts
  begun_at timestamp with time zone NOT NULL
  done_at timestamp with time zone
  id uuid NOT NULL
  lines_sealed bytea
  operation text NOT NULL
  session_id uuid NOT NULL
TABLE public.audit_anchors
  chain_id integer NOT NULL
  detached_at timestamp with time zone NOT NULL
  hash bytea NOT NULL
  sequence bigint NOT NULL
TABLE public.audit_chains
  hash bytea NOT NULL
  id integer NOT NULL
  sequence bigint NOT NULL
TABLE public.audit_checkpoints
  jws text NOT NULL
  number bigint NOT NULL
  taken_at timestamp with time zone NOT NULL
PARTITIONED TABLE public.audit_records PARTITION BY RANGE (recorded_at)
  actor text NOT NULL
  body text NOT NULL
  call_id uuid
  chain_id integer NOT NULL
  hash bytea NOT NULL
  id uuid NOT NULL
  kind text NOT NULL
  person_ids uuid[] NOT NULL DEFAULT '{}'::uuid[]
  previous_hash bytea NOT NULL
  recorded_at timestamp with time zone NOT NULL
  sequence bigint NOT NULL
TABLE public.audit_records_other PARTITION OF public.audit_records DEFAULT
  actor text NOT NULL
  body text NOT NULL
  call_id uuid
  chain_id integer NOT NULL
  hash bytea NOT NULL
  id uuid NOT NULL
  kind text NOT NULL
  person_ids uuid[] NOT NULL DEFAULT '{}'::uuid[]
  previous_hash bytea NOT NULL
  recorded_at timestamp with time zone NOT NULL
  sequence bigint NOT NULL
TABLE public.audit_tiles
  chain_id integer NOT NULL
  hashes bytea NOT NULL
  index bigint NOT NULL
  level smallint NOT NULL
TABLE public.audit_trees
  chain_id integer NOT NULL
  head bytea NOT NULL
  size bigint NOT NULL
TABLE public.authenticators
  confirmed_at timestamp with time zone
  ended_at timestamp with time zone
  enrolled_at timestamp with time zone NOT NULL
  id uuid NOT NULL
  last_step bigint NOT NULL DEFAULT '-1'::integer
  person_id uuid NOT NULL
  secret_sealed bytea NOT NULL
  session_id uuid
  usable_from timestamp with time zone
TABLE public.blocks
  blocked_at timestamp with time zone NOT NULL
  caller_id uuid NOT NULL
  holder_id uuid NOT NULL
  id uuid NOT NULL
  lifted_at timestamp with time zone
TABLE public.calls
  agent_id uuid NOT NULL
  caller_id uuid
  case_ref text
  channel text NOT NULL
  claim text NOT NULL
  claim_keys bytea[] NOT NULL DEFAULT '{}'::bytea[]
  contract_id uuid NOT NULL
  ended_at timestamp with time zone
  ends_at timestamp with time zone NOT NULL
  handed_over_at timestamp with time zone
  id uuid NOT NULL
  is_software boolean NOT NULL DEFAULT false
  language text NOT NULL
  opened_at timestamp with time zone NOT NULL
TABLE public.canaries
  ended_at timestamp with time zone
  id uuid NOT NULL
  marked_at timestamp with time zone NOT NULL
  person_id uuid NOT NULL
TABLE public.canary_alarms
  actor text NOT NULL
  call_id uuid
  canary_id uuid NOT NULL
  closed_at timestamp with time zone
  id uuid NOT NULL
  raised_at timestamp with time zone NOT NULL
  record_id uuid NOT NULL
  record_kind text NOT NULL
  touched_at timestamp with time zone NOT NULL
TABLE public.challenges
  bound_to_hash bytea NOT NULL
  expires_at timestamp with time zone NOT NULL
  kind text NOT NULL
  made_at timestamp with time zone NOT NULL
  value_hash bytea NOT NULL
TABLE public.change_epochs
  began_at timestamp with time zone NOT NULL
  id integer NOT NULL GENERATED ALWAYS AS IDENTITY
TABLE public.changes
  at timestamp with time zone NOT NULL
  data jsonb NOT NULL
  epoch integer NOT NULL
  n bigint NOT NULL GENERATED ALWAYS AS IDENTITY
  tx xid8 NOT NULL DEFAULT pg_current_xact_id()
  type text NOT NULL
TABLE public.code_budget_entries
  at timestamp with time zone NOT NULL
  call_id uuid
  claim_key bytea
  code_id uuid NOT NULL
  id bigint NOT NULL GENERATED ALWAYS AS IDENTITY
  kind text NOT NULL
  person_id uuid
TABLE public.code_uses
  action_key_hash bytea NOT NULL
  code_id uuid NOT NULL
  execution_id uuid NOT NULL
TABLE public.codes
  actions jsonb NOT NULL DEFAULT '[]'::jsonb
  agent_id uuid
  answered_at timestamp with time zone
  call_id uuid
  caller_id uuid
  claim_keys bytea[] NOT NULL DEFAULT '{}'::bytea[]
  contact_point_id uuid
  counter integer NOT NULL DEFAULT 0
  details_sealed bytea
  digits integer NOT NULL
  expires_at timestamp with time zone NOT NULL
  id uuid NOT NULL
  issued_at timestamp with time zone NOT NULL
  key_id text NOT NULL
  level integer NOT NULL DEFAULT 2
  mandate_id uuid
  mandate_revision integer
  person_id uuid
  purpose text NOT NULL
  route text NOT NULL
  session_strength integer
  state text NOT NULL DEFAULT 'pending'::text
  tries integer NOT NULL DEFAULT 0
TABLE public.contact_changes
  added_id uuid
  asked_at timestamp with time zone NOT NULL
  ended_id uuid
  expires_at timestamp with time zone NOT NULL
  id uuid NOT NULL
  kind text NOT NULL
  known_code_id uuid NOT NULL
  known_confirmed_at timestamp with time zone
  new_code_id uuid
  new_confirmed_at timestamp with time zone
  person_id uuid NOT NULL
TABLE public.contact_points
  changed_at timestamp with time zone NOT NULL
  ended_at timestamp with time zone
  id uuid NOT NULL
  is_own_choice boolean NOT NULL DEFAULT false
  is_proposed boolean NOT NULL DEFAULT false
  is_shared boolean NOT NULL DEFAULT false
  kind text NOT NULL
  person_id uuid NOT NULL
  value_index bytea NOT NULL
  value_sealed bytea NOT NULL
  verified_at timestamp with time zone
TABLE public.contract_holders
  contract_id uuid NOT NULL
  holder_id uuid NOT NULL
  "position" integer NOT NULL
TABLE public.contracts
  changed_at timestamp with time zone NOT NULL
  contract_ref text NOT NULL
  created_at timestamp with time zone NOT NULL
  ended_at timestamp with time zone
  id uuid NOT NULL
  joint_rule text NOT NULL
  properties jsonb NOT NULL DEFAULT '{}'::jsonb
  resource_type text NOT NULL DEFAULT 'contract'::text
TABLE public.demo_inbox
  body text NOT NULL
  letter bytea
  link text
  message_id uuid NOT NULL
  received_at timestamp with time zone NOT NULL
  recipient text NOT NULL
  route text NOT NULL
  subject text
TABLE public.executions
  action text NOT NULL
  call_id uuid NOT NULL
  caller_id uuid
  contract_id uuid NOT NULL
  decision_id text NOT NULL
  details_sealed bytea NOT NULL
  executed_at timestamp with time zone NOT NULL
  id uuid NOT NULL
  is_safe_delivery boolean NOT NULL
  sealed_for uuid NOT NULL
TABLE public.grant_drafts
  answers_sealed bytea NOT NULL
  expires_at timestamp with time zone NOT NULL
  id uuid NOT NULL
  person_id uuid NOT NULL
  session_id uuid NOT NULL
TABLE public.idempotency_keys
  created_at timestamp with time zone NOT NULL
  expires_at timestamp with time zone NOT NULL
  key text NOT NULL
  principal text NOT NULL
  request_hash bytea NOT NULL
  response_sealed bytea
  status integer
TABLE public.imports
  errors integer NOT NULL DEFAULT 0
  file_hash text NOT NULL
  finished_at timestamp with time zone
  id uuid NOT NULL
  line integer NOT NULL
  started_at timestamp with time zone NOT NULL
TABLE public.incidents
  call_id uuid
  closed_at timestamp with time zone
  closed_by uuid
  id uuid NOT NULL
  note_sealed bytea
  opened_at timestamp with time zone NOT NULL
  person_id uuid NOT NULL
  record_id uuid NOT NULL
  record_kind text NOT NULL
  reported_by uuid
  state text NOT NULL DEFAULT 'open'::text
  text_sealed bytea NOT NULL
  type text NOT NULL DEFAULT 'questioned'::text
TABLE public.leaver_alarms
  agent_id uuid NOT NULL
  closed_at timestamp with time zone
  day date NOT NULL
  id uuid NOT NULL
  most integer NOT NULL
  raised_at timestamp with time zone NOT NULL
  reached integer NOT NULL
TABLE public.legal_evidence
  dated_on date NOT NULL
  details_sealed bytea NOT NULL
  file_hash bytea NOT NULL
  filed_at timestamp with time zone NOT NULL
  filed_by uuid NOT NULL
  form text NOT NULL
  id uuid NOT NULL
  life_event_id uuid
  representation_id uuid
TABLE public.legal_verdicts
  decided_at timestamp with time zone NOT NULL
  decided_by uuid
  evidence_by uuid
  evidence_id uuid
  id uuid NOT NULL
  life_event_id uuid
  recorded_by uuid NOT NULL
  representation_id uuid
  verdict text NOT NULL
TABLE public.life_events
  id uuid NOT NULL
  kind text NOT NULL
  occurred_on date NOT NULL
  person_id uuid NOT NULL
  recorded_at timestamp with time zone NOT NULL
  recorded_by uuid NOT NULL
  reported_by text NOT NULL
  reverses_id uuid
  suspends_until timestamp with time zone
TABLE public.mandate_contracts
  contract_id uuid NOT NULL
  mandate_id uuid NOT NULL
TABLE public.mandate_evidence
  form text NOT NULL
  id uuid NOT NULL
  mandate_id uuid NOT NULL
  reference text
  registered_at timestamp with time zone NOT NULL
  registered_by text NOT NULL
  session_strength integer NOT NULL
  terms_revision integer NOT NULL
TABLE public.mandate_reminders
  days_before integer NOT NULL
  ends_at timestamp with time zone NOT NULL
  mandate_id uuid NOT NULL
TABLE public.mandate_requests
  asked_at timestamp with time zone NOT NULL
  expires_at timestamp with time zone NOT NULL
  id uuid NOT NULL
  mandate_id uuid
  person_id uuid NOT NULL
  session_id uuid NOT NULL
  terms_sealed bytea NOT NULL
TABLE public.mandate_scopes
  holder_id uuid NOT NULL
  is_live boolean NOT NULL
  mandate_id uuid NOT NULL
  period tstzrange NOT NULL
  proxy_id uuid NOT NULL
  scope text NOT NULL
  scope_version integer NOT NULL
TABLE public.mandates
  accept_before timestamp with time zone
  acceptance_key_id text
  acceptance_tries integer NOT NULL DEFAULT 0
  accepted_at timestamp with time zone
  asked_ends_at timestamp with time zone
  call_id uuid
  contact_rule text
  created_at timestamp with time zone NOT NULL
  ended_at timestamp with time zone
  ending text
  ends_at timestamp with time zone NOT NULL
  holder_id uuid NOT NULL
  id uuid NOT NULL
  is_silent boolean NOT NULL DEFAULT false
  mandate_ref text NOT NULL
  may_pass_on boolean NOT NULL DEFAULT false
  parent_id uuid
  proxy_id uuid NOT NULL
  revision integer NOT NULL DEFAULT 1
  starts_at timestamp with time zone NOT NULL
  state text NOT NULL
  terms_revision integer NOT NULL DEFAULT 1
  while_partner boolean NOT NULL DEFAULT false
TABLE public.message_days
  cents bigint NOT NULL DEFAULT 0
  day date NOT NULL
  letter integer NOT NULL DEFAULT 0
  sms integer NOT NULL DEFAULT 0
  voice integer NOT NULL DEFAULT 0
TABLE public.messages
  attempts integer NOT NULL DEFAULT 0
  charged_cents integer
  charged_on date
  code_counter integer
  code_id uuid
  contact_point_id uuid NOT NULL
  earlier_routes text[] NOT NULL DEFAULT '{}'::text[]
  id uuid NOT NULL
  kept_from uuid
  language text NOT NULL
  last_error text
  parameters jsonb NOT NULL DEFAULT '{}'::jsonb
  person_id uuid NOT NULL
  provider_ref text
  queued_at timestamp with time zone NOT NULL
  route text NOT NULL
  settled_at timestamp with time zone
  state text NOT NULL DEFAULT 'queued'::text
  template text NOT NULL
TABLE public.migrations
  id integer NOT NULL DEFAULT nextval('public.migrations_id_seq'::regclass)
  name character varying NOT NULL
  "timestamp" bigint NOT NULL
TABLE public.obligations
  action text NOT NULL
  call_id uuid NOT NULL
  execution_id uuid NOT NULL
  id text NOT NULL
  needs_receipt boolean NOT NULL
  note_sealed bytea
  opened_at timestamp with time zone NOT NULL
  reported_at timestamp with time zone
  scope text NOT NULL
  sealed_for uuid NOT NULL
  state text NOT NULL DEFAULT 'open'::text
  texts jsonb
  told_at timestamp with time zone
  type text NOT NULL
TABLE public.passkeys
  added_at timestamp with time zone NOT NULL
  credential_hash bytea NOT NULL
  credential_sealed bytea NOT NULL
  ended_at timestamp with time zone
  id uuid NOT NULL
  person_id uuid NOT NULL
  sign_count bigint NOT NULL
  used_at timestamp with time zone
TABLE public.people
  changed_at timestamp with time zone NOT NULL
  created_at timestamp with time zone NOT NULL
  crm_ref text NOT NULL
  declined_routes text[] NOT NULL DEFAULT '{}'::text[]
  id uuid NOT NULL
  is_own_choice boolean NOT NULL DEFAULT false
  key_ring_id text
  key_wrapped bytea
  kind text NOT NULL
  language text NOT NULL
  large_type boolean NOT NULL DEFAULT false
  name_index bytea
  name_sealed bytea
  properties jsonb NOT NULL DEFAULT '{}'::jsonb
  refused_recordings text[] NOT NULL DEFAULT '{}'::text[]
  safe_from smallint
  safe_until smallint
TABLE public.policies
  document text NOT NULL
  hash text NOT NULL
  loaded_at timestamp with time zone NOT NULL
  name text NOT NULL
TABLE public.policy_activations
  activated_at timestamp with time zone NOT NULL
  cancelled_at timestamp with time zone
  hash text NOT NULL
  id bigint NOT NULL GENERATED ALWAYS AS IDENTITY
TABLE public.reaches
  at timestamp with time zone NOT NULL
  reached_id uuid NOT NULL
  reacher text NOT NULL
TABLE public.registration_verdicts
  decided_at timestamp with time zone NOT NULL
  decided_by uuid NOT NULL
  registered_by uuid NOT NULL
  registration_id uuid NOT NULL
  verdict text NOT NULL
TABLE public.registrations
  call_id uuid
  file_hash bytea
  form text NOT NULL
  id uuid NOT NULL
  mandate_id uuid NOT NULL
  registered_at timestamp with time zone NOT NULL
  registered_by uuid NOT NULL
  route text NOT NULL
TABLE public.representations
  ends_at timestamp with time zone NOT NULL
  holder_id uuid NOT NULL
  id uuid NOT NULL
  kind text NOT NULL
  recorded_at timestamp with time zone NOT NULL
  recorded_by uuid NOT NULL
  representative_id uuid NOT NULL
  starts_at timestamp with time zone NOT NULL
TABLE public.sessions
  agent_id uuid
  call_id uuid
  contact_point_ids uuid[] NOT NULL DEFAULT '{}'::uuid[]
  ended_at timestamp with time zone
  expires_at timestamp with time zone NOT NULL
  id uuid NOT NULL
  methods text[] NOT NULL
  opened_at timestamp with time zone NOT NULL
  person_id uuid NOT NULL
  proved_at timestamp with time zone NOT NULL
  strength integer NOT NULL
  token_hash bytea NOT NULL
  used_at timestamp with time zone NOT NULL
TABLE public.sign_ins
  asked_at timestamp with time zone NOT NULL
  code_id uuid NOT NULL
  customer_index bytea
  kind text NOT NULL
  value_index bytea NOT NULL
TABLE public.software_callers
  ceiling smallint NOT NULL
  declared_at timestamp with time zone NOT NULL
  ended_at timestamp with time zone
  holder_id uuid NOT NULL
  operator_sealed bytea NOT NULL
  person_id uuid NOT NULL
TABLE public.staff_sessions
  agent_id uuid NOT NULL
  call_id uuid
  ended_at timestamp with time zone
  expires_at timestamp with time zone NOT NULL
  id uuid NOT NULL
  opened_at timestamp with time zone NOT NULL
  roles text[] NOT NULL
  token_hash bytea NOT NULL
  used_at timestamp with time zone NOT NULL
TABLE public.statements
  agent_id uuid NOT NULL
  call_id uuid NOT NULL
  comparison text NOT NULL
  contract_id uuid NOT NULL
  corrects uuid
  facts_sealed bytea NOT NULL
  heard_as text NOT NULL
  id uuid NOT NULL
  role text NOT NULL
  said_at timestamp with time zone NOT NULL
  sealed_for uuid NOT NULL
  source text NOT NULL
  subject text NOT NULL
TABLE public.support_codes
  expires_at timestamp with time zone NOT NULL
  id uuid NOT NULL
  issued_at timestamp with time zone NOT NULL
  key_id text NOT NULL
  person_id uuid NOT NULL
  session_id uuid NOT NULL
  session_strength integer NOT NULL
  tries integer NOT NULL DEFAULT 0
  used_at timestamp with time zone
TABLE public.unmasking_verdicts
  asked_by uuid NOT NULL
  decided_at timestamp with time zone NOT NULL
  decided_by uuid NOT NULL
  subject_id uuid NOT NULL
  unmasking_id uuid NOT NULL
  verdict text NOT NULL
TABLE public.unmaskings
  asked_at timestamp with time zone NOT NULL
  asked_by uuid NOT NULL
  case_ref text NOT NULL
  id uuid NOT NULL
  reason text NOT NULL
  subject_id uuid NOT NULL
TABLE public.verifications
  call_id uuid NOT NULL
  id uuid NOT NULL
  method text NOT NULL
  person_id uuid NOT NULL
  route text
  session_strength integer
  verified_at timestamp with time zone NOT NULL
TABLE public.webhook_deliveries
  at timestamp with time zone NOT NULL
  attempts integer NOT NULL DEFAULT 0
  due_at timestamp with time zone NOT NULL
  epoch integer
  id uuid NOT NULL
  last_fault text
  last_status integer
  n bigint
  state text NOT NULL DEFAULT 'pending'::text
  tried_at timestamp with time zone
  tx xid8
  type text NOT NULL
  webhook_id uuid NOT NULL
TABLE public.webhooks
  changed_at timestamp with time zone NOT NULL
  created_at timestamp with time zone NOT NULL
  description text
  disabled_reason text
  epoch integer NOT NULL
  failing_since timestamp with time zone
  heard pg_snapshot NOT NULL
  id uuid NOT NULL
  previous_key_id text
  previous_sealed bytea
  previous_until timestamp with time zone
  secret_key_id text NOT NULL
  secret_sealed bytea NOT NULL
  status text NOT NULL
  types text[]
  url text NOT NULL

-- types

-- constraints
public.access_callbacks: access_callbacks_due_check CHECK (((state = 'pending'::text) = (due_at IS NOT NULL)))
public.access_callbacks: access_callbacks_pkey PRIMARY KEY (request_id)
public.access_callbacks: access_callbacks_request_fkey FOREIGN KEY (request_id) REFERENCES public.access_requests(id) ON DELETE CASCADE
public.access_callbacks: access_callbacks_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'pending'::text, 'delivered'::text, 'failed'::text, 'unwanted'::text])))
public.access_callbacks: access_callbacks_status_check CHECK (((state = 'waiting'::text) = (status IS NULL)))
public.access_requests: access_requests_agent_fkey FOREIGN KEY (agent_id) REFERENCES public.agents(id)
public.access_requests: access_requests_call_fkey FOREIGN KEY (call_id) REFERENCES public.calls(id)
public.access_requests: access_requests_pkey PRIMARY KEY (id)
public.access_requests: access_requests_status_check CHECK ((status = ANY (ARRAY['pending'::text, 'approved'::text, 'denied'::text, 'expired'::text, 'cancelled'::text, 'failed'::text, 'partial'::text])))
public.agent_attestations: agent_attestations_agent_fkey FOREIGN KEY (agent_id) REFERENCES public.agents(id)
public.agent_attestations: agent_attestations_channel_check CHECK ((channel = ANY (ARRAY['phone'::text, 'chat'::text, 'whatsapp'::text, 'email'::text, 'video'::text, 'desk'::text, 'letter'::text, 'social'::text])))
public.agent_attestations: agent_attestations_kind_check CHECK ((kind ~ '^[a-z][a-z0-9_-]{0,59}$'::text))
public.agent_attestations: agent_attestations_period_check CHECK ((issued_at < expires_at))
public.agent_attestations: agent_attestations_pkey PRIMARY KEY (id)
public.agent_attestations: agent_attestations_withdrawn_check CHECK ((withdrawn_at >= recorded_at))
public.agents: agents_agent_ref_check CHECK (((agent_ref <> ''::text) AND (length(agent_ref) <= 64)))
public.agents: agents_agent_ref_key UNIQUE (agent_ref)
public.agents: agents_pkey PRIMARY KEY (id)
public.agents: agents_pseudonym_key UNIQUE (pseudonym)
public.api_keys: api_keys_agent_fkey FOREIGN KEY (agent_id) REFERENCES public.agents(id)
public.api_keys: api_keys_period_check CHECK ((expires_at > created_at))
public.api_keys: api_keys_pkey PRIMARY KEY (id)
public.api_keys: api_keys_rotated_from_fkey FOREIGN KEY (rotated_from) REFERENCES public.api_keys(id)
public.api_keys: api_keys_scope_check CHECK ((scope = ANY (ARRAY['agent'::text, 'crm'::text, 'admin'::text, 'privacy'::text])))
public.api_keys: api_keys_strength_check CHECK (((strength >= 0) AND (strength <= 4)))
public.ask_first: ask_first_person_fkey FOREIGN KEY (person_id) REFERENCES public.people(id)
public.ask_first: ask_first_pkey PRIMARY KEY (person_id, scope)
public.ask_first: ask_first_scope_check CHECK ((scope ~ '^[a-z][a-z0-9_]*$'::text))
public.assisted_acts: assisted_acts_lines_check CHECK (((lines_sealed IS NULL) OR (done_at IS NOT NULL)))
public.assisted_acts: assisted_acts_pkey PRIMARY KEY (id)
public.assisted_acts: assisted_acts_session_fkey FOREIGN KEY (session_id) REFERENCES public.sessions(id) ON DELETE CASCADE
public.audit_anchors: audit_anchors_hash_check CHECK ((length(hash) = 32))
public.audit_anchors: audit_anchors_pkey PRIMARY KEY (chain_id, sequence)
public.audit_chains: audit_chains_hash_check CHECK ((length(hash) = 32))
public.audit_chains: audit_chains_id_check CHECK ((id > 0))
public.audit_chains: audit_chains_pkey PRIMARY KEY (id)
public.audit_checkpoints: audit_checkpoints_number_check CHECK ((number > 0))
public.audit_checkpoints: audit_checkpoints_pkey PRIMARY KEY (number)
public.audit_records: audit_records_hash_check CHECK (((length(previous_hash) = 32) AND (length(hash) = 32)))
public.audit_records: audit_records_sequence_check CHECK ((sequence > 0))
public.audit_records_other: audit_records_hash_check CHECK (((length(previous_hash) = 32) AND (length(hash) = 32)))
public.audit_records_other: audit_records_other_pkey PRIMARY KEY (chain_id, sequence)
public.audit_records_other: audit_records_sequence_check CHECK ((sequence > 0))
public.audit_tiles: audit_tiles_hashes_check CHECK ((((length(hashes) >= 32) AND (length(hashes) <= 8192)) AND ((length(hashes) % 32) = 0)))
public.audit_tiles: audit_tiles_pkey PRIMARY KEY (chain_id, level, index)
public.audit_tiles: audit_tiles_tree_fkey FOREIGN KEY (chain_id) REFERENCES public.audit_trees(chain_id)
public.audit_trees: audit_trees_head_check CHECK ((length(head) = 32))
public.audit_trees: audit_trees_pkey PRIMARY KEY (chain_id)
public.audit_trees: audit_trees_size_check CHECK (((size >= 0) AND (size <= '9007199254740991'::bigint)))
public.authenticators: authenticators_person_fkey FOREIGN KEY (person_id) REFERENCES public.people(id)
public.authenticators: authenticators_pkey PRIMARY KEY (id)
public.authenticators: authenticators_usable_check CHECK ((((confirmed_at IS NULL) = (usable_from IS NULL)) AND (usable_from >= confirmed_at)))
public.blocks: blocks_caller_fkey FOREIGN KEY (caller_id) REFERENCES public.people(id)
public.blocks: blocks_holder_fkey FOREIGN KEY (holder_id) REFERENCES public.people(id)
public.blocks: blocks_pkey PRIMARY KEY (id)
public.calls: calls_agent_fkey FOREIGN KEY (agent_id) REFERENCES public.agents(id)
public.calls: calls_caller_fkey FOREIGN KEY (caller_id) REFERENCES public.people(id)
public.calls: calls_channel_check CHECK ((channel = ANY (ARRAY['phone'::text, 'chat'::text, 'whatsapp'::text, 'email'::text, 'video'::text, 'desk'::text, 'letter'::text, 'social'::text])))
public.calls: calls_claim_check CHECK ((claim = ANY (ARRAY['holder'::text, 'proxy'::text])))
public.calls: calls_contract_fkey FOREIGN KEY (contract_id) REFERENCES public.contracts(id)
public.calls: calls_language_check CHECK ((language = ANY (ARRAY['nl'::text, 'en'::text])))
public.calls: calls_period_check CHECK (((ends_at > opened_at) AND (ended_at >= opened_at)))
public.calls: calls_pkey PRIMARY KEY (id)
public.canaries: canaries_period_check CHECK ((ended_at >= marked_at))
public.canaries: canaries_person_fkey FOREIGN KEY (person_id) REFERENCES public.people(id)
public.canaries: canaries_pkey PRIMARY KEY (id)
public.canary_alarms: canary_alarms_canary_fkey FOREIGN KEY (canary_id) REFERENCES public.canaries(id)
public.canary_alarms: canary_alarms_closed_check CHECK ((closed_at >= raised_at))
public.canary_alarms: canary_alarms_pkey PRIMARY KEY (id)
public.canary_alarms: canary_alarms_record_key UNIQUE (record_id)
public.challenges: challenges_hashes_check CHECK (((length(value_hash) = 32) AND (length(bound_to_hash) = 32)))
public.challenges: challenges_kind_check CHECK ((kind = ANY (ARRAY['openid'::text, 'passkey'::text])))
public.challenges: challenges_period_check CHECK ((expires_at > made_at))
public.challenges: challenges_pkey PRIMARY KEY (value_hash)
public.change_epochs: change_epochs_pkey PRIMARY KEY (id)
public.changes: changes_pkey PRIMARY KEY (epoch, tx, n)
public.changes: changes_type_check CHECK ((type ~ '^[a-z_]+\.[a-z_]+$'::text))
public.code_budget_entries: code_budget_entries_call_fkey FOREIGN KEY (call_id) REFERENCES public.calls(id)
public.code_budget_entries: code_budget_entries_kind_check CHECK ((kind = ANY (ARRAY['send'::text, 'failure'::text])))
public.code_budget_entries: code_budget_entries_owner_check CHECK ((num_nonnulls(person_id, call_id, claim_key) = 1))
public.code_budget_entries: code_budget_entries_person_fkey FOREIGN KEY (person_id) REFERENCES public.people(id)
public.code_budget_entries: code_budget_entries_pkey PRIMARY KEY (id)
public.code_uses: code_uses_code_fkey FOREIGN KEY (code_id) REFERENCES public.codes(id)
public.code_uses: code_uses_execution_fkey FOREIGN KEY (execution_id) REFERENCES public.executions(id)
public.code_uses: code_uses_pkey PRIMARY KEY (code_id, action_key_hash)
public.codes: codes_agent_fkey FOREIGN KEY (agent_id) REFERENCES public.agents(id)
public.codes: codes_answered_check CHECK (((state = 'pending'::text) = (answered_at IS NULL)))
public.codes: codes_call_fkey FOREIGN KEY (call_id) REFERENCES public.calls(id)
public.codes: codes_caller_fkey FOREIGN KEY (caller_id) REFERENCES public.people(id)
public.codes: codes_contact_point_fkey FOREIGN KEY (contact_point_id) REFERENCES public.contact_points(id)
public.codes: codes_decoy_check CHECK ((((person_id IS NOT NULL) AND (contact_point_id IS NOT NULL)) OR ((purpose = 'verification'::text) AND ((call_id IS NOT NULL) OR (route = 'letter'::text)) AND (contact_point_id IS NULL)) OR ((purpose = 'sign_in'::text) AND (person_id IS NULL) AND (contact_point_id IS NULL)))) NOT VALID NOT VALID
public.codes: codes_digits_check CHECK (((digits >= 6) AND (digits <= 10)))
public.codes: codes_level_check CHECK (((level >= 0) AND (level <= 4)))
public.codes: codes_mandate_fkey FOREIGN KEY (mandate_id) REFERENCES public.mandates(id)
public.codes: codes_person_fkey FOREIGN KEY (person_id) REFERENCES public.people(id)
public.codes: codes_pkey PRIMARY KEY (id)
public.codes: codes_purpose_check CHECK ((purpose = ANY (ARRAY['action'::text, 'mandate'::text, 'verification'::text, 'sign_in'::text, 'contact'::text]))) NOT VALID NOT VALID
public.codes: codes_route_check CHECK ((route = ANY (ARRAY['sms'::text, 'voice'::text, 'email'::text, 'letter'::text])))
public.codes: codes_session_check CHECK (((session_strength IS NULL) OR (((session_strength >= 3) AND (session_strength <= 4)) AND (state = 'approved'::text))))
public.codes: codes_state_check CHECK ((state = ANY (ARRAY['pending'::text, 'approved'::text, 'declined'::text, 'expired'::text, 'cancelled'::text, 'superseded'::text, 'tries_exhausted'::text, 'undeliverable'::text])))
public.codes: codes_tries_check CHECK (((tries >= 0) AND (tries <= 5)))
public.contact_changes: contact_changes_kind_check CHECK ((kind = ANY (ARRAY['phone'::text, 'email'::text, 'postal'::text])))
public.contact_changes: contact_changes_new_check CHECK (((added_id IS NULL) = (new_code_id IS NULL)))
public.contact_changes: contact_changes_period_check CHECK ((expires_at > asked_at))
public.contact_changes: contact_changes_person_fkey FOREIGN KEY (person_id) REFERENCES public.people(id)
public.contact_changes: contact_changes_pkey PRIMARY KEY (person_id, kind)
public.contact_changes: contact_changes_what_check CHECK (((added_id IS NOT NULL) OR (ended_id IS NOT NULL)))
public.contact_points: contact_points_kind_check CHECK ((kind = ANY (ARRAY['phone'::text, 'email'::text, 'postal'::text])))
public.contact_points: contact_points_period_check CHECK ((ended_at >= changed_at))
public.contact_points: contact_points_person_fkey FOREIGN KEY (person_id) REFERENCES public.people(id)
public.contact_points: contact_points_pkey PRIMARY KEY (id)
public.contact_points: contact_points_shared_check CHECK (((NOT is_shared) OR (verified_at IS NULL))) NOT VALID NOT VALID
public.contract_holders: contract_holders_contract_fkey FOREIGN KEY (contract_id) REFERENCES public.contracts(id)
public.contract_holders: contract_holders_holder_fkey FOREIGN KEY (holder_id) REFERENCES public.people(id)
public.contract_holders: contract_holders_pkey PRIMARY KEY (contract_id, holder_id)
public.contracts: contracts_contract_ref_check CHECK (((contract_ref <> ''::text) AND (length(contract_ref) <= 64)))
public.contracts: contracts_contract_ref_key UNIQUE (contract_ref)
public.contracts: contracts_joint_rule_check CHECK ((joint_rule = ANY (ARRAY['any'::text, 'all'::text])))
public.contracts: contracts_pkey PRIMARY KEY (id)
public.contracts: contracts_resource_type_check CHECK ((resource_type ~ '^[a-z][a-z0-9_]{0,49}$'::text))
public.demo_inbox: demo_inbox_pkey PRIMARY KEY (message_id)
public.executions: executions_call_fkey FOREIGN KEY (call_id) REFERENCES public.calls(id)
public.executions: executions_caller_fkey FOREIGN KEY (caller_id) REFERENCES public.people(id)
public.executions: executions_contract_fkey FOREIGN KEY (contract_id) REFERENCES public.contracts(id)
public.executions: executions_decision_id_key UNIQUE (decision_id)
public.executions: executions_pkey PRIMARY KEY (id)
public.executions: executions_sealed_for_fkey FOREIGN KEY (sealed_for) REFERENCES public.people(id)
public.grant_drafts: grant_drafts_person_fkey FOREIGN KEY (person_id) REFERENCES public.people(id)
public.grant_drafts: grant_drafts_pkey PRIMARY KEY (id)
public.grant_drafts: grant_drafts_session_fkey FOREIGN KEY (session_id) REFERENCES public.sessions(id) ON DELETE CASCADE
public.idempotency_keys: idempotency_keys_pkey PRIMARY KEY (principal, key)
public.imports: imports_file_hash_key UNIQUE (file_hash)
public.imports: imports_pkey PRIMARY KEY (id)
public.incidents: incidents_call_fkey FOREIGN KEY (call_id) REFERENCES public.calls(id)
public.incidents: incidents_closed_by_fkey FOREIGN KEY (closed_by) REFERENCES public.agents(id)
public.incidents: incidents_closed_check CHECK (((state = 'closed'::text) = (closed_at IS NOT NULL)))
public.incidents: incidents_four_eyes_check CHECK ((closed_by <> reported_by))
public.incidents: incidents_person_fkey FOREIGN KEY (person_id) REFERENCES public.people(id)
public.incidents: incidents_pkey PRIMARY KEY (id)
public.incidents: incidents_reported_by_fkey FOREIGN KEY (reported_by) REFERENCES public.agents(id)
public.incidents: incidents_reported_check CHECK ((((type = 'questioned'::text) = (reported_by IS NULL)) AND ((reported_by IS NULL) = (call_id IS NULL))))
public.incidents: incidents_state_check CHECK ((state = ANY (ARRAY['open'::text, 'closed'::text])))
public.incidents: incidents_type_check CHECK ((type = ANY (ARRAY['questioned'::text, 'secret_received'::text, 'incidental_use'::text, 'other'::text])))
public.leaver_alarms: leaver_alarms_agent_fkey FOREIGN KEY (agent_id) REFERENCES public.agents(id)
public.leaver_alarms: leaver_alarms_closed_check CHECK ((closed_at >= raised_at))
public.leaver_alarms: leaver_alarms_day_key UNIQUE (agent_id, day)
public.leaver_alarms: leaver_alarms_pkey PRIMARY KEY (id)
public.leaver_alarms: leaver_alarms_reached_check CHECK (((reached > most) AND (most >= 0)))
public.legal_evidence: legal_evidence_file_hash_check CHECK ((length(file_hash) = 32))
public.legal_evidence: legal_evidence_filed_by_fkey FOREIGN KEY (filed_by) REFERENCES public.agents(id)
public.legal_evidence: legal_evidence_filer_key UNIQUE (id, filed_by)
public.legal_evidence: legal_evidence_form_check CHECK ((form = ANY (ARRAY['court'::text, 'register'::text, 'notarial'::text, 'other'::text])))
public.legal_evidence: legal_evidence_life_event_fkey FOREIGN KEY (life_event_id) REFERENCES public.life_events(id)
public.legal_evidence: legal_evidence_pkey PRIMARY KEY (id)
public.legal_evidence: legal_evidence_representation_fkey FOREIGN KEY (representation_id) REFERENCES public.representations(id)
public.legal_evidence: legal_evidence_subject_check CHECK ((num_nonnulls(life_event_id, representation_id) = 1))
public.legal_verdicts: legal_verdicts_decided_by_fkey FOREIGN KEY (decided_by) REFERENCES public.agents(id)
public.legal_verdicts: legal_verdicts_evidence_fkey FOREIGN KEY (evidence_id, evidence_by) REFERENCES public.legal_evidence(id, filed_by)
public.legal_verdicts: legal_verdicts_four_eyes_check CHECK (((verdict <> 'approved'::text) OR ((evidence_id IS NOT NULL) AND (evidence_by IS NOT NULL) AND (decided_by IS NOT NULL) AND (decided_by <> recorded_by) AND (decided_by <> evidence_by))))
public.legal_verdicts: legal_verdicts_life_event_fkey FOREIGN KEY (life_event_id, recorded_by) REFERENCES public.life_events(id, recorded_by)
public.legal_verdicts: legal_verdicts_pkey PRIMARY KEY (id)
public.legal_verdicts: legal_verdicts_representation_fkey FOREIGN KEY (representation_id, recorded_by) REFERENCES public.representations(id, recorded_by)
public.legal_verdicts: legal_verdicts_subject_check CHECK ((num_nonnulls(life_event_id, representation_id) = 1))
public.legal_verdicts: legal_verdicts_verdict_check CHECK (((verdict = ANY (ARRAY['approved'::text, 'rejected'::text])) OR ((verdict = 'revoked'::text) AND (representation_id IS NOT NULL))))
public.life_events: life_events_kind_check CHECK ((kind = ANY (ARRAY['death'::text, 'curatele'::text, 'bewind'::text, 'mentorschap'::text, 'bankruptcy'::text, 'debt_rescheduling'::text, 'separation'::text, 'majority'::text])))
public.life_events: life_events_person_fkey FOREIGN KEY (person_id) REFERENCES public.people(id)
public.life_events: life_events_pkey PRIMARY KEY (id)
public.life_events: life_events_recorded_by_fkey FOREIGN KEY (recorded_by) REFERENCES public.agents(id)
public.life_events: life_events_recorder_key UNIQUE (id, recorded_by)
public.life_events: life_events_reported_by_check CHECK ((reported_by = ANY (ARRAY['holder'::text, 'proxy'::text, 'relative'::text, 'representative'::text, 'court'::text, 'register'::text, 'other'::text])))
public.life_events: life_events_reversal_check CHECK (((reverses_id IS NULL) OR (suspends_until IS NULL)))
public.life_events: life_events_reverses_fkey FOREIGN KEY (reverses_id) REFERENCES public.life_events(id)
public.life_events: life_events_suspends_until_check CHECK ((suspends_until > recorded_at))
public.mandate_contracts: mandate_contracts_contract_fkey FOREIGN KEY (contract_id) REFERENCES public.contracts(id)
public.mandate_contracts: mandate_contracts_mandate_fkey FOREIGN KEY (mandate_id) REFERENCES public.mandates(id)
public.mandate_contracts: mandate_contracts_pkey PRIMARY KEY (mandate_id, contract_id)
public.mandate_evidence: mandate_evidence_form_check CHECK ((form = ANY (ARRAY['oral'::text, 'email'::text, 'letter'::text, 'code'::text, 'portal'::text, 'eid'::text, 'notarial'::text, 'court'::text])))
public.mandate_evidence: mandate_evidence_mandate_fkey FOREIGN KEY (mandate_id) REFERENCES public.mandates(id)
public.mandate_evidence: mandate_evidence_pkey PRIMARY KEY (id)
public.mandate_evidence: mandate_evidence_session_strength_check CHECK (((session_strength >= 0) AND (session_strength <= 4)))
public.mandate_reminders: mandate_reminders_days_check CHECK ((days_before = ANY (ARRAY[7, 30])))
public.mandate_reminders: mandate_reminders_pkey PRIMARY KEY (days_before)
public.mandate_requests: mandate_requests_mandate_fkey FOREIGN KEY (mandate_id) REFERENCES public.mandates(id)
public.mandate_requests: mandate_requests_mandate_id_key UNIQUE (mandate_id)
public.mandate_requests: mandate_requests_period_check CHECK ((expires_at > asked_at))
public.mandate_requests: mandate_requests_person_fkey FOREIGN KEY (person_id) REFERENCES public.people(id)
public.mandate_requests: mandate_requests_pkey PRIMARY KEY (id)
public.mandate_scopes: mandate_scopes_mandate_fkey FOREIGN KEY (mandate_id) REFERENCES public.mandates(id)
public.mandate_scopes: mandate_scopes_overlap_excl EXCLUDE USING gist (holder_id WITH =, proxy_id WITH =, scope WITH =, period WITH &&) WHERE (is_live)
public.mandate_scopes: mandate_scopes_pkey PRIMARY KEY (mandate_id, scope)
public.mandates: mandates_acceptance_check CHECK (((state <> 'pending_acceptance'::text) OR ((accept_before IS NOT NULL) AND (acceptance_key_id IS NOT NULL))))
public.mandates: mandates_acceptance_tries_check CHECK (((acceptance_tries >= 0) AND (acceptance_tries <= 5)))
public.mandates: mandates_call_fkey FOREIGN KEY (call_id) REFERENCES public.calls(id)
public.mandates: mandates_contact_check CHECK (((contact_rule IS NULL) OR ((parent_id IS NULL) AND (NOT may_pass_on)))) NOT VALID NOT VALID
public.mandates: mandates_contact_rule_check CHECK ((contact_rule = ANY (ARRAY['several'::text, 'joint'::text]))) NOT VALID NOT VALID
public.mandates: mandates_ending_check CHECK ((((state = 'ended'::text) = (ending IS NOT NULL)) AND ((state = 'ended'::text) = (ended_at IS NOT NULL)) AND (ending = ANY (ARRAY['expired'::text, 'withdrawn_by_holder'::text, 'renounced_by_proxy'::text, 'refused_by_organisation'::text, 'life_event'::text, 'withdrawn_by_proxy'::text]))))
public.mandates: mandates_holder_fkey FOREIGN KEY (holder_id) REFERENCES public.people(id)
public.mandates: mandates_mandate_ref_key UNIQUE (mandate_ref)
public.mandates: mandates_one_step_check CHECK (((parent_id IS NULL) OR (NOT may_pass_on)))
public.mandates: mandates_pair_check CHECK ((holder_id <> proxy_id))
public.mandates: mandates_parent_fkey FOREIGN KEY (parent_id) REFERENCES public.mandates(id)
public.mandates: mandates_period_check CHECK (((ends_at > starts_at) AND (asked_ends_at > ends_at) AND (COALESCE(asked_ends_at, ends_at) <= (starts_at + '5 years'::interval))))
public.mandates: mandates_pkey PRIMARY KEY (id)
public.mandates: mandates_proxy_fkey FOREIGN KEY (proxy_id) REFERENCES public.people(id)
public.mandates: mandates_revision_check CHECK (((terms_revision >= 1) AND (terms_revision <= revision)))
public.mandates: mandates_state_check CHECK ((state = ANY (ARRAY['draft'::text, 'pending_acceptance'::text, 'active'::text, 'suspended'::text, 'ended'::text])))
public.message_days: message_days_counts_check CHECK ((LEAST((sms)::bigint, (voice)::bigint, (letter)::bigint, cents) >= 0))
public.message_days: message_days_pkey PRIMARY KEY (day)
public.messages: messages_charged_check CHECK (((charged_on IS NULL) = (charged_cents IS NULL)))
public.messages: messages_code_fkey FOREIGN KEY (code_id) REFERENCES public.codes(id)
public.messages: messages_contact_point_fkey FOREIGN KEY (contact_point_id) REFERENCES public.contact_points(id)
public.messages: messages_kept_from_fkey FOREIGN KEY (kept_from) REFERENCES public.people(id)
public.messages: messages_language_check CHECK ((language = ANY (ARRAY['nl'::text, 'en'::text])))
public.messages: messages_person_fkey FOREIGN KEY (person_id) REFERENCES public.people(id)
public.messages: messages_pkey PRIMARY KEY (id)
public.messages: messages_route_check CHECK ((route = ANY (ARRAY['sms'::text, 'voice'::text, 'email'::text, 'letter'::text])))
public.messages: messages_state_check CHECK ((state = ANY (ARRAY['queued'::text, 'sent'::text, 'failed'::text, 'dropped'::text])))
public.migrations: PK_8c82d7f526340ab734260ea46be PRIMARY KEY (id)
public.obligations: obligations_call_fkey FOREIGN KEY (call_id) REFERENCES public.calls(id)
public.obligations: obligations_execution_fkey FOREIGN KEY (execution_id) REFERENCES public.executions(id)
public.obligations: obligations_id_check CHECK ((id ~ '^[0-9a-f-]{36}\.[0-9]{1,3}\.[0-9]{1,2}$'::text))
public.obligations: obligations_pkey PRIMARY KEY (id)
public.obligations: obligations_reported_check CHECK (((state = 'open'::text) = (reported_at IS NULL)))
public.obligations: obligations_scope_check CHECK ((scope ~ '^[a-z][a-z0-9_-]{0,59}$'::text))
public.obligations: obligations_sealed_for_fkey FOREIGN KEY (sealed_for) REFERENCES public.people(id)
public.obligations: obligations_state_check CHECK ((state = ANY (ARRAY['open'::text, 'failed'::text, 'done'::text])))
public.obligations: obligations_type_check CHECK ((type ~ '^[a-z][a-z_]{0,39}$'::text))
public.passkeys: passkeys_credential_hash_check CHECK ((length(credential_hash) = 32))
public.passkeys: passkeys_credential_hash_key UNIQUE (credential_hash)
public.passkeys: passkeys_person_fkey FOREIGN KEY (person_id) REFERENCES public.people(id)
public.passkeys: passkeys_pkey PRIMARY KEY (id)
public.passkeys: passkeys_sign_count_check CHECK ((sign_count >= 0))
public.people: people_crm_ref_check CHECK (((crm_ref <> ''::text) AND (length(crm_ref) <= 64)))
public.people: people_crm_ref_key UNIQUE (crm_ref)
public.people: people_declined_routes_check CHECK ((declined_routes <@ ARRAY['sms'::text, 'voice'::text, 'email'::text, 'letter'::text])) NOT VALID NOT VALID
public.people: people_kind_check CHECK ((kind = ANY (ARRAY['person'::text, 'organisation'::text, 'software'::text])))
public.people: people_language_check CHECK ((language = ANY (ARRAY['nl'::text, 'en'::text])))
public.people: people_pkey PRIMARY KEY (id)
public.people: people_refused_recordings_check CHECK ((refused_recordings <@ ARRAY['training'::text, 'contract_proof'::text])) NOT VALID NOT VALID
public.people: people_safe_hours_check CHECK ((((safe_from IS NULL) = (safe_until IS NULL)) AND ((safe_from >= 0) AND (safe_from <= 23)) AND ((safe_until >= 1) AND (safe_until <= 24)) AND (safe_from < safe_until))) NOT VALID NOT VALID
public.policies: policies_hash_check CHECK ((hash ~ '^[0-9a-f]{64}$'::text))
public.policies: policies_pkey PRIMARY KEY (hash)
public.policy_activations: policy_activations_cancelled_check CHECK ((cancelled_at < activated_at))
public.policy_activations: policy_activations_hash_fkey FOREIGN KEY (hash) REFERENCES public.policies(hash)
public.policy_activations: policy_activations_pkey PRIMARY KEY (id)
public.reaches: reaches_pkey PRIMARY KEY (reacher, reached_id)
public.reaches: reaches_reacher_check CHECK ((reacher ~ '^(agent|key):'::text))
public.registration_verdicts: registration_verdicts_decided_by_fkey FOREIGN KEY (decided_by) REFERENCES public.agents(id)
public.registration_verdicts: registration_verdicts_four_eyes_check CHECK (((verdict <> 'approved'::text) OR (decided_by <> registered_by)))
public.registration_verdicts: registration_verdicts_pkey PRIMARY KEY (registration_id)
public.registration_verdicts: registration_verdicts_registration_fkey FOREIGN KEY (registration_id, registered_by) REFERENCES public.registrations(id, registered_by)
public.registration_verdicts: registration_verdicts_verdict_check CHECK ((verdict = ANY (ARRAY['approved'::text, 'rejected'::text])))
public.registrations: registrations_call_fkey FOREIGN KEY (call_id) REFERENCES public.calls(id)
public.registrations: registrations_form_check CHECK ((form = ANY (ARRAY['oral'::text, 'email'::text, 'letter'::text])))
public.registrations: registrations_mandate_fkey FOREIGN KEY (mandate_id) REFERENCES public.mandates(id)
public.registrations: registrations_mandate_key UNIQUE (mandate_id)
public.registrations: registrations_pkey PRIMARY KEY (id)
public.registrations: registrations_recorder_key UNIQUE (id, registered_by)
public.registrations: registrations_registered_by_fkey FOREIGN KEY (registered_by) REFERENCES public.agents(id)
public.registrations: registrations_route_check CHECK ((route = ANY (ARRAY['sms'::text, 'voice'::text, 'letter'::text])))
public.registrations: registrations_source_check CHECK ((((form = 'oral'::text) = (call_id IS NOT NULL)) AND ((form = 'oral'::text) = (file_hash IS NULL)) AND (length(file_hash) = 32)))
public.representations: representations_holder_fkey FOREIGN KEY (holder_id) REFERENCES public.people(id)
public.representations: representations_kind_check CHECK ((kind = ANY (ARRAY['curatele'::text, 'bewind'::text, 'mentorschap'::text, 'parental_authority'::text, 'executor'::text, 'insolvency'::text])))
public.representations: representations_period_check CHECK ((starts_at < ends_at))
public.representations: representations_pkey PRIMARY KEY (id)
public.representations: representations_recorded_by_fkey FOREIGN KEY (recorded_by) REFERENCES public.agents(id)
public.representations: representations_recorder_key UNIQUE (id, recorded_by)
public.representations: representations_representative_fkey FOREIGN KEY (representative_id) REFERENCES public.people(id)
public.representations: representations_self_check CHECK ((holder_id <> representative_id))
public.sessions: sessions_agent_fkey FOREIGN KEY (agent_id) REFERENCES public.agents(id)
public.sessions: sessions_assistance_check CHECK ((((call_id IS NULL) = (agent_id IS NULL)) AND ((call_id IS NOT NULL) = ('employee'::text = ANY (methods))) AND ((call_id IS NULL) OR (strength = 2))))
public.sessions: sessions_call_fkey FOREIGN KEY (call_id) REFERENCES public.calls(id)
public.sessions: sessions_methods_check CHECK (((cardinality(methods) > 0) AND (methods <@ ARRAY['sms'::text, 'voice'::text, 'email'::text, 'totp'::text, 'passkey'::text, 'openid'::text, 'employee'::text])))
public.sessions: sessions_period_check CHECK (((expires_at > opened_at) AND (proved_at >= opened_at) AND (used_at >= opened_at)))
public.sessions: sessions_person_fkey FOREIGN KEY (person_id) REFERENCES public.people(id)
public.sessions: sessions_pkey PRIMARY KEY (id)
public.sessions: sessions_strength_check CHECK (((strength >= 1) AND (strength <= 4)))
public.sessions: sessions_token_hash_check CHECK ((length(token_hash) = 32))
public.sign_ins: sign_ins_code_fkey FOREIGN KEY (code_id) REFERENCES public.codes(id)
public.sign_ins: sign_ins_kind_check CHECK ((kind = ANY (ARRAY['phone'::text, 'email'::text])))
public.sign_ins: sign_ins_pkey PRIMARY KEY (code_id)
public.software_callers: software_callers_ceiling_check CHECK (((ceiling >= 1) AND (ceiling <= 3)))
public.software_callers: software_callers_holder_fkey FOREIGN KEY (holder_id) REFERENCES public.people(id)
public.software_callers: software_callers_period_check CHECK ((ended_at >= declared_at))
public.software_callers: software_callers_person_fkey FOREIGN KEY (person_id) REFERENCES public.people(id)
public.software_callers: software_callers_pkey PRIMARY KEY (person_id)
public.staff_sessions: staff_sessions_agent_fkey FOREIGN KEY (agent_id) REFERENCES public.agents(id)
public.staff_sessions: staff_sessions_call_fkey FOREIGN KEY (call_id) REFERENCES public.calls(id)
public.staff_sessions: staff_sessions_period_check CHECK (((expires_at > opened_at) AND (used_at >= opened_at)))
public.staff_sessions: staff_sessions_pkey PRIMARY KEY (id)
public.staff_sessions: staff_sessions_roles_check CHECK ((cardinality(roles) > 0))
public.staff_sessions: staff_sessions_token_hash_check CHECK ((length(token_hash) = 32))
public.statements: statements_agent_fkey FOREIGN KEY (agent_id) REFERENCES public.agents(id)
public.statements: statements_call_fkey FOREIGN KEY (call_id) REFERENCES public.calls(id)
public.statements: statements_comparison_check CHECK ((comparison = ANY (ARRAY['none'::text, 'same'::text, 'different'::text])))
public.statements: statements_contract_fkey FOREIGN KEY (contract_id) REFERENCES public.contracts(id)
public.statements: statements_contract_key UNIQUE (id, contract_id)
public.statements: statements_corrects_check CHECK ((corrects <> id))
public.statements: statements_corrects_fkey FOREIGN KEY (corrects, contract_id) REFERENCES public.statements(id, contract_id)
public.statements: statements_heard_as_check CHECK ((heard_as = ANY (ARRAY['holder'::text, 'proxy'::text])))
public.statements: statements_pkey PRIMARY KEY (id)
public.statements: statements_sealed_for_fkey FOREIGN KEY (sealed_for) REFERENCES public.people(id)
public.statements: statements_source_check CHECK ((source ~ '^[a-z][a-z_]{0,39}$'::text))
public.statements: statements_subject_check CHECK ((subject ~ '^[a-z][a-z_]{0,39}$'::text))
public.support_codes: support_codes_period_check CHECK ((expires_at > issued_at))
public.support_codes: support_codes_person_fkey FOREIGN KEY (person_id) REFERENCES public.people(id)
public.support_codes: support_codes_pkey PRIMARY KEY (person_id)
public.support_codes: support_codes_strength_check CHECK (((session_strength >= 2) AND (session_strength <= 4)))
public.support_codes: support_codes_tries_check CHECK (((tries >= 0) AND (tries <= 5)))
public.unmasking_verdicts: unmasking_verdicts_decided_by_fkey FOREIGN KEY (decided_by) REFERENCES public.agents(id)
public.unmasking_verdicts: unmasking_verdicts_four_eyes_check CHECK (((verdict <> 'approved'::text) OR (decided_by <> asked_by)))
public.unmasking_verdicts: unmasking_verdicts_pkey PRIMARY KEY (unmasking_id)
public.unmasking_verdicts: unmasking_verdicts_subject_check CHECK ((decided_by <> subject_id))
public.unmasking_verdicts: unmasking_verdicts_unmasking_fkey FOREIGN KEY (unmasking_id, asked_by, subject_id) REFERENCES public.unmaskings(id, asked_by, subject_id)
public.unmasking_verdicts: unmasking_verdicts_verdict_check CHECK ((verdict = ANY (ARRAY['approved'::text, 'rejected'::text])))
public.unmaskings: unmaskings_asked_by_fkey FOREIGN KEY (asked_by) REFERENCES public.agents(id)
public.unmaskings: unmaskings_asker_key UNIQUE (id, asked_by, subject_id)
public.unmaskings: unmaskings_pkey PRIMARY KEY (id)
public.unmaskings: unmaskings_reason_check CHECK ((reason = ANY (ARRAY['complaint'::text, 'incident'::text, 'legal_claim'::text, 'authority'::text])))
public.unmaskings: unmaskings_subject_fkey FOREIGN KEY (subject_id) REFERENCES public.agents(id)
public.verifications: verifications_call_fkey FOREIGN KEY (call_id) REFERENCES public.calls(id)
public.verifications: verifications_method_check CHECK ((method = ANY (ARRAY['calling_number'::text, 'code'::text, 'totp'::text, 'support_code'::text, 'call_back'::text]))) NOT VALID NOT VALID
public.verifications: verifications_person_fkey FOREIGN KEY (person_id) REFERENCES public.people(id)
public.verifications: verifications_pkey PRIMARY KEY (id)
public.verifications: verifications_route_check CHECK ((route = ANY (ARRAY['sms'::text, 'voice'::text, 'email'::text, 'letter'::text])))
public.verifications: verifications_session_strength_check CHECK ((((method = 'support_code'::text) = (session_strength IS NOT NULL)) AND ((session_strength >= 2) AND (session_strength <= 4)))) NOT VALID NOT VALID
public.webhook_deliveries: webhook_deliveries_change_check CHECK ((num_nulls(epoch, tx, n) = ANY (ARRAY[0, 3])))
public.webhook_deliveries: webhook_deliveries_pkey PRIMARY KEY (id)
public.webhook_deliveries: webhook_deliveries_state_check CHECK ((state = ANY (ARRAY['pending'::text, 'delivered'::text, 'failed'::text])))
public.webhooks: webhooks_pkey PRIMARY KEY (id)
public.webhooks: webhooks_previous_check CHECK ((num_nulls(previous_sealed, previous_key_id, previous_until) = ANY (ARRAY[0, 3])))
public.webhooks: webhooks_reason_check CHECK ((((disabled_reason = ANY (ARRAY['by_hand'::text, 'gone'::text, 'failing'::text])) AND (status = 'disabled'::text)) OR ((disabled_reason IS NULL) AND (status = 'enabled'::text))))
public.webhooks: webhooks_status_check CHECK ((status = ANY (ARRAY['enabled'::text, 'disabled'::text])))

-- indexes
CREATE UNIQUE INDEX "PK_8c82d7f526340ab734260ea46be" ON public.migrations USING btree (id)
CREATE INDEX access_callbacks_due_idx ON public.access_callbacks USING btree (due_at) WHERE (state = 'pending'::text)
CREATE UNIQUE INDEX access_callbacks_pkey ON public.access_callbacks USING btree (request_id)
CREATE INDEX access_callbacks_waiting_idx ON public.access_callbacks USING btree (request_id) WHERE (state = 'waiting'::text)
CREATE UNIQUE INDEX access_requests_approval_key ON public.access_requests USING btree (approval_id)
CREATE INDEX access_requests_call_idx ON public.access_requests USING btree (call_id)
CREATE INDEX access_requests_expiry_idx ON public.access_requests USING btree (expires_at)
CREATE UNIQUE INDEX access_requests_key_key ON public.access_requests USING btree (requester, idempotency_key) WHERE (idempotency_key IS NOT NULL)
CREATE UNIQUE INDEX access_requests_pkey ON public.access_requests USING btree (id)
CREATE INDEX agent_attestations_expiry_idx ON public.agent_attestations USING btree (expires_at, id) WHERE (withdrawn_at IS NULL)
CREATE UNIQUE INDEX agent_attestations_live_key ON public.agent_attestations USING btree (agent_id, expires_at, kind, issued_at, COALESCE(channel, ''::text)) WHERE (withdrawn_at IS NULL)
CREATE UNIQUE INDEX agent_attestations_pkey ON public.agent_attestations USING btree (id)
CREATE UNIQUE INDEX agents_agent_ref_key ON public.agents USING btree (agent_ref)
CREATE INDEX agents_leaving_idx ON public.agents USING btree (leaves_at) WHERE (leaves_at IS NOT NULL)
CREATE UNIQUE INDEX agents_pkey ON public.agents USING btree (id)
CREATE UNIQUE INDEX agents_pseudonym_key ON public.agents USING btree (pseudonym)
CREATE INDEX api_keys_agent_idx ON public.api_keys USING btree (agent_id) WHERE (revoked_at IS NULL)
CREATE UNIQUE INDEX api_keys_pkey ON public.api_keys USING btree (id)
CREATE UNIQUE INDEX api_keys_rotated_from_key ON public.api_keys USING btree (rotated_from) WHERE (revoked_at IS NULL)
CREATE UNIQUE INDEX ask_first_pkey ON public.ask_first USING btree (person_id, scope)
CREATE UNIQUE INDEX assisted_acts_pkey ON public.assisted_acts USING btree (id)
CREATE INDEX assisted_acts_session_idx ON public.assisted_acts USING btree (session_id, begun_at)
CREATE UNIQUE INDEX audit_anchors_pkey ON public.audit_anchors USING btree (chain_id, sequence)
CREATE UNIQUE INDEX audit_chains_pkey ON public.audit_chains USING btree (id)
CREATE UNIQUE INDEX audit_checkpoints_pkey ON public.audit_checkpoints USING btree (number)
CREATE INDEX audit_records_id_idx ON ONLY public.audit_records USING btree (id)
CREATE INDEX audit_records_other_id_idx ON public.audit_records_other USING btree (id)
CREATE INDEX audit_records_other_person_ids_idx ON public.audit_records_other USING gin (person_ids)
CREATE UNIQUE INDEX audit_records_other_pkey ON public.audit_records_other USING btree (chain_id, sequence)
CREATE INDEX audit_records_person_idx ON ONLY public.audit_records USING gin (person_ids)
CREATE UNIQUE INDEX audit_tiles_pkey ON public.audit_tiles USING btree (chain_id, level, index)
CREATE UNIQUE INDEX audit_trees_pkey ON public.audit_trees USING btree (chain_id)
CREATE UNIQUE INDEX authenticators_live_key ON public.authenticators USING btree (person_id) WHERE (ended_at IS NULL)
CREATE UNIQUE INDEX authenticators_pkey ON public.authenticators USING btree (id)
CREATE UNIQUE INDEX blocks_live_key ON public.blocks USING btree (caller_id, holder_id) WHERE (lifted_at IS NULL)
CREATE UNIQUE INDEX blocks_pkey ON public.blocks USING btree (id)
CREATE INDEX calls_agent_idx ON public.calls USING btree (agent_id, opened_at)
CREATE INDEX calls_claim_idx ON public.calls USING btree (ends_at) WHERE (claim_keys <> '{}'::bytea[])
CREATE UNIQUE INDEX calls_pkey ON public.calls USING btree (id)
CREATE UNIQUE INDEX canaries_live_key ON public.canaries USING btree (person_id) WHERE (ended_at IS NULL)
CREATE UNIQUE INDEX canaries_pkey ON public.canaries USING btree (id)
CREATE INDEX canary_alarms_open_idx ON public.canary_alarms USING btree (raised_at, id) WHERE (closed_at IS NULL)
CREATE UNIQUE INDEX canary_alarms_pkey ON public.canary_alarms USING btree (id)
CREATE UNIQUE INDEX canary_alarms_record_key ON public.canary_alarms USING btree (record_id)
CREATE INDEX challenges_expires_idx ON public.challenges USING btree (expires_at)
CREATE UNIQUE INDEX challenges_pkey ON public.challenges USING btree (value_hash)
CREATE UNIQUE INDEX change_epochs_pkey ON public.change_epochs USING btree (id)
CREATE INDEX changes_at_idx ON public.changes USING btree (at)
CREATE UNIQUE INDEX changes_pkey ON public.changes USING btree (epoch, tx, n)
CREATE INDEX code_budget_entries_call_idx ON public.code_budget_entries USING btree (call_id, kind, at) WHERE (call_id IS NOT NULL)
CREATE INDEX code_budget_entries_claim_idx ON public.code_budget_entries USING btree (claim_key, kind, at) WHERE (claim_key IS NOT NULL)
CREATE INDEX code_budget_entries_person_idx ON public.code_budget_entries USING btree (person_id, kind, at)
CREATE UNIQUE INDEX code_budget_entries_pkey ON public.code_budget_entries USING btree (id)
CREATE UNIQUE INDEX code_uses_pkey ON public.code_uses USING btree (code_id, action_key_hash)
CREATE INDEX codes_agent_idx ON public.codes USING btree (agent_id, expires_at) WHERE (state = 'pending'::text)
CREATE INDEX codes_call_idx ON public.codes USING btree (call_id)
CREATE INDEX codes_claim_idx ON public.codes USING btree (expires_at) WHERE (claim_keys <> '{}'::bytea[])
CREATE INDEX codes_mandate_idx ON public.codes USING btree (mandate_id) WHERE (state = 'pending'::text)
CREATE UNIQUE INDEX codes_pkey ON public.codes USING btree (id)
CREATE INDEX codes_waiting_idx ON public.codes USING btree (person_id, expires_at) WHERE (state = 'pending'::text)
CREATE UNIQUE INDEX contact_changes_pkey ON public.contact_changes USING btree (person_id, kind)
CREATE UNIQUE INDEX contact_points_live_key ON public.contact_points USING btree (person_id, kind, value_index) INCLUDE (verified_at, changed_at) WHERE (ended_at IS NULL)
CREATE INDEX contact_points_person_idx ON public.contact_points USING btree (person_id, kind)
CREATE UNIQUE INDEX contact_points_pkey ON public.contact_points USING btree (id)
CREATE UNIQUE INDEX contact_points_postal_key ON public.contact_points USING btree (person_id) WHERE ((kind = 'postal'::text) AND (ended_at IS NULL))
CREATE INDEX contact_points_value_idx ON public.contact_points USING btree (value_index) WHERE (ended_at IS NULL)
CREATE INDEX contract_holders_holder_idx ON public.contract_holders USING btree (holder_id)
CREATE UNIQUE INDEX contract_holders_pkey ON public.contract_holders USING btree (contract_id, holder_id)
CREATE UNIQUE INDEX contracts_contract_ref_key ON public.contracts USING btree (contract_ref)
CREATE UNIQUE INDEX contracts_pkey ON public.contracts USING btree (id)
CREATE UNIQUE INDEX demo_inbox_pkey ON public.demo_inbox USING btree (message_id)
CREATE UNIQUE INDEX executions_decision_id_key ON public.executions USING btree (decision_id)
CREATE INDEX executions_delivery_idx ON public.executions USING btree (contract_id, executed_at) WHERE is_safe_delivery
CREATE UNIQUE INDEX executions_pkey ON public.executions USING btree (id)
CREATE INDEX grant_drafts_expiry_idx ON public.grant_drafts USING btree (expires_at)
CREATE UNIQUE INDEX grant_drafts_pkey ON public.grant_drafts USING btree (id)
CREATE INDEX grant_drafts_session_idx ON public.grant_drafts USING btree (session_id)
CREATE INDEX idempotency_keys_expires_idx ON public.idempotency_keys USING btree (expires_at)
CREATE UNIQUE INDEX idempotency_keys_pkey ON public.idempotency_keys USING btree (principal, key)
CREATE UNIQUE INDEX imports_file_hash_key ON public.imports USING btree (file_hash)
CREATE UNIQUE INDEX imports_pkey ON public.imports USING btree (id)
CREATE INDEX incidents_call_idx ON public.incidents USING btree (call_id) WHERE (call_id IS NOT NULL)
CREATE UNIQUE INDEX incidents_open_key ON public.incidents USING btree (person_id, record_id) WHERE ((state = 'open'::text) AND (type = 'questioned'::text))
CREATE UNIQUE INDEX incidents_pkey ON public.incidents USING btree (id)
CREATE INDEX incidents_state_idx ON public.incidents USING btree (state, opened_at, id)
CREATE UNIQUE INDEX leaver_alarms_day_key ON public.leaver_alarms USING btree (agent_id, day)
CREATE INDEX leaver_alarms_open_idx ON public.leaver_alarms USING btree (raised_at, id) WHERE (closed_at IS NULL)
CREATE UNIQUE INDEX leaver_alarms_pkey ON public.leaver_alarms USING btree (id)
CREATE UNIQUE INDEX legal_evidence_filer_key ON public.legal_evidence USING btree (id, filed_by)
CREATE INDEX legal_evidence_life_event_idx ON public.legal_evidence USING btree (life_event_id) WHERE (life_event_id IS NOT NULL)
CREATE UNIQUE INDEX legal_evidence_pkey ON public.legal_evidence USING btree (id)
CREATE INDEX legal_evidence_representation_idx ON public.legal_evidence USING btree (representation_id) WHERE (representation_id IS NOT NULL)
CREATE UNIQUE INDEX legal_verdicts_life_event_key ON public.legal_verdicts USING btree (life_event_id) WHERE (life_event_id IS NOT NULL)
CREATE UNIQUE INDEX legal_verdicts_pkey ON public.legal_verdicts USING btree (id)
CREATE UNIQUE INDEX legal_verdicts_representation_key ON public.legal_verdicts USING btree (representation_id, ((verdict = 'revoked'::text))) WHERE (representation_id IS NOT NULL)
CREATE INDEX life_events_person_idx ON public.life_events USING btree (person_id)
CREATE UNIQUE INDEX life_events_pkey ON public.life_events USING btree (id)
CREATE INDEX life_events_recorded_idx ON public.life_events USING btree (recorded_at, id)
CREATE UNIQUE INDEX life_events_recorder_key ON public.life_events USING btree (id, recorded_by)
CREATE INDEX life_events_reverses_idx ON public.life_events USING btree (reverses_id) WHERE (reverses_id IS NOT NULL)
CREATE UNIQUE INDEX mandate_contracts_pkey ON public.mandate_contracts USING btree (mandate_id, contract_id)
CREATE INDEX mandate_evidence_mandate_idx ON public.mandate_evidence USING btree (mandate_id)
CREATE UNIQUE INDEX mandate_evidence_pkey ON public.mandate_evidence USING btree (id)
CREATE UNIQUE INDEX mandate_reminders_pkey ON public.mandate_reminders USING btree (days_before)
CREATE UNIQUE INDEX mandate_requests_mandate_id_key ON public.mandate_requests USING btree (mandate_id)
CREATE INDEX mandate_requests_person_idx ON public.mandate_requests USING btree (person_id, asked_at)
CREATE UNIQUE INDEX mandate_requests_pkey ON public.mandate_requests USING btree (id)
CREATE INDEX mandate_scopes_overlap_excl ON public.mandate_scopes USING gist (holder_id, proxy_id, scope, period) WHERE is_live
CREATE UNIQUE INDEX mandate_scopes_pkey ON public.mandate_scopes USING btree (mandate_id, scope)
CREATE INDEX mandates_contacts_idx ON public.mandates USING btree (holder_id) WHERE ((contact_rule IS NOT NULL) AND (state = 'active'::text))
CREATE INDEX mandates_ending_idx ON public.mandates USING btree (ends_at, id) WHERE (state = ANY (ARRAY['active'::text, 'suspended'::text]))
CREATE INDEX mandates_holder_idx ON public.mandates USING btree (holder_id)
CREATE UNIQUE INDEX mandates_mandate_ref_key ON public.mandates USING btree (mandate_ref)
CREATE INDEX mandates_parent_idx ON public.mandates USING btree (parent_id) WHERE (parent_id IS NOT NULL)
CREATE UNIQUE INDEX mandates_pkey ON public.mandates USING btree (id)
CREATE INDEX mandates_proxy_idx ON public.mandates USING btree (proxy_id, holder_id)
CREATE UNIQUE INDEX message_days_pkey ON public.message_days USING btree (day)
CREATE INDEX messages_code_idx ON public.messages USING btree (code_id)
CREATE INDEX messages_person_idx ON public.messages USING btree (person_id, queued_at)
CREATE UNIQUE INDEX messages_pkey ON public.messages USING btree (id)
CREATE INDEX obligations_call_idx ON public.obligations USING btree (call_id)
CREATE UNIQUE INDEX obligations_pkey ON public.obligations USING btree (id)
CREATE INDEX obligations_untold_idx ON public.obligations USING btree (opened_at) WHERE (needs_receipt AND (state <> 'done'::text) AND (told_at IS NULL))
CREATE UNIQUE INDEX passkeys_credential_hash_key ON public.passkeys USING btree (credential_hash)
CREATE INDEX passkeys_person_idx ON public.passkeys USING btree (person_id) WHERE (ended_at IS NULL)
CREATE UNIQUE INDEX passkeys_pkey ON public.passkeys USING btree (id)
CREATE UNIQUE INDEX people_crm_ref_key ON public.people USING btree (crm_ref)
CREATE UNIQUE INDEX people_pkey ON public.people USING btree (id)
CREATE UNIQUE INDEX policies_pkey ON public.policies USING btree (hash)
CREATE UNIQUE INDEX policy_activations_pkey ON public.policy_activations USING btree (id)
CREATE INDEX reaches_at_idx ON public.reaches USING btree (reacher, at)
CREATE UNIQUE INDEX reaches_pkey ON public.reaches USING btree (reacher, reached_id)
CREATE UNIQUE INDEX registration_verdicts_pkey ON public.registration_verdicts USING btree (registration_id)
CREATE UNIQUE INDEX registrations_mandate_key ON public.registrations USING btree (mandate_id)
CREATE UNIQUE INDEX registrations_pkey ON public.registrations USING btree (id)
CREATE UNIQUE INDEX registrations_recorder_key ON public.registrations USING btree (id, registered_by)
CREATE INDEX registrations_registered_idx ON public.registrations USING btree (registered_at, id)
CREATE INDEX representations_holder_idx ON public.representations USING btree (holder_id)
CREATE UNIQUE INDEX representations_pkey ON public.representations USING btree (id)
CREATE INDEX representations_recorded_idx ON public.representations USING btree (recorded_at, id)
CREATE UNIQUE INDEX representations_recorder_key ON public.representations USING btree (id, recorded_by)
CREATE INDEX representations_representative_idx ON public.representations USING btree (representative_id, holder_id)
CREATE INDEX sessions_person_idx ON public.sessions USING btree (person_id) WHERE (ended_at IS NULL)
CREATE UNIQUE INDEX sessions_pkey ON public.sessions USING btree (id)
CREATE UNIQUE INDEX sign_ins_pkey ON public.sign_ins USING btree (code_id)
CREATE INDEX software_callers_holder_idx ON public.software_callers USING btree (holder_id) WHERE (ended_at IS NULL)
CREATE UNIQUE INDEX software_callers_pkey ON public.software_callers USING btree (person_id)
CREATE INDEX staff_sessions_agent_idx ON public.staff_sessions USING btree (agent_id) WHERE (ended_at IS NULL)
CREATE UNIQUE INDEX staff_sessions_pkey ON public.staff_sessions USING btree (id)
CREATE INDEX statements_call_idx ON public.statements USING btree (call_id)
CREATE UNIQUE INDEX statements_contract_key ON public.statements USING btree (id, contract_id)
CREATE INDEX statements_corrects_idx ON public.statements USING btree (corrects) WHERE (corrects IS NOT NULL)
CREATE UNIQUE INDEX statements_pkey ON public.statements USING btree (id)
CREATE UNIQUE INDEX support_codes_pkey ON public.support_codes USING btree (person_id)
CREATE UNIQUE INDEX unmasking_verdicts_pkey ON public.unmasking_verdicts USING btree (unmasking_id)
CREATE INDEX unmaskings_asked_idx ON public.unmaskings USING btree (asked_at, id)
CREATE UNIQUE INDEX unmaskings_asker_key ON public.unmaskings USING btree (id, asked_by, subject_id)
CREATE UNIQUE INDEX unmaskings_pkey ON public.unmaskings USING btree (id)
CREATE INDEX verifications_call_idx ON public.verifications USING btree (call_id)
CREATE UNIQUE INDEX verifications_pkey ON public.verifications USING btree (id)
CREATE INDEX webhook_deliveries_at_idx ON public.webhook_deliveries USING btree (at)
CREATE INDEX webhook_deliveries_due_idx ON public.webhook_deliveries USING btree (webhook_id, due_at) WHERE (state = 'pending'::text)
CREATE INDEX webhook_deliveries_list_idx ON public.webhook_deliveries USING btree (webhook_id, at, id)
CREATE UNIQUE INDEX webhook_deliveries_pkey ON public.webhook_deliveries USING btree (id)
CREATE UNIQUE INDEX webhooks_pkey ON public.webhooks USING btree (id)

-- sequences
SEQUENCE public.change_epochs_id_seq AS integer START 1 INCREMENT 1 MIN 1 MAX 2147483647 CACHE 1
SEQUENCE public.changes_n_seq AS bigint START 1 INCREMENT 1 MIN 1 MAX 9223372036854775807 CACHE 1
SEQUENCE public.code_budget_entries_id_seq AS bigint START 1 INCREMENT 1 MIN 1 MAX 9223372036854775807 CACHE 1
SEQUENCE public.migrations_id_seq AS integer START 1 INCREMENT 1 MIN 1 MAX 2147483647 CACHE 1
SEQUENCE public.policy_activations_id_seq AS bigint START 1 INCREMENT 1 MIN 1 MAX 9223372036854775807 CACHE 1

-- functions
CREATE OR REPLACE FUNCTION public.audit_records_make_month(day date)
 RETURNS boolean
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
 SET "TimeZone" TO 'UTC'
AS $function$
      DECLARE
        month timestamptz := date_trunc('month', day::timestamptz);
        next_month timestamptz := date_trunc('month', day::timestamptz) + interval '1 month';
        name text := 'audit_records_' || to_char(day, 'YYYY_MM');
      BEGIN
        -- Several processes start at once.
        PERFORM pg_advisory_xact_lock(7310593858020254333);
        IF to_regclass('public.' || name) IS NOT NULL THEN RETURN false; END IF;
        EXECUTE format('CREATE TABLE public.%I (LIKE audit_records INCLUDING DEFAULTS INCLUDING CONSTRAINTS,
          CONSTRAINT %I PRIMARY KEY (chain_id, sequence))', name, name || '_pkey');
        -- Records that came before their month did move into it, unchanged; attaching would refuse otherwise.
        LOCK TABLE audit_records_other IN ACCESS EXCLUSIVE MODE;
        IF EXISTS (SELECT FROM audit_records_other WHERE recorded_at >= month AND recorded_at < next_month) THEN
          ALTER TABLE audit_records_other DISABLE TRIGGER audit_records_refuse;
          EXECUTE format('WITH moved AS (
              DELETE FROM audit_records_other WHERE recorded_at >= $1 AND recorded_at < $2 RETURNING *
            ) INSERT INTO public.%I SELECT * FROM moved', name) USING month, next_month;
          ALTER TABLE audit_records_other ENABLE TRIGGER audit_records_refuse;
        END IF;
        EXECUTE format('CREATE TRIGGER audit_records_refuse BEFORE UPDATE OR DELETE OR TRUNCATE ON public.%I
          FOR EACH STATEMENT EXECUTE FUNCTION audit_records_refuse()', name);
        -- Attached, not created in place: that would lock out every writer for a moment.
        EXECUTE format('ALTER TABLE audit_records ATTACH PARTITION public.%I FOR VALUES FROM (%L) TO (%L)',
          name, month, next_month);
        RETURN true;
      END $function$
CREATE OR REPLACE FUNCTION public.audit_records_prepare(months_ahead integer)
 RETURNS integer
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
 SET "TimeZone" TO 'UTC'
AS $function$
      DECLARE
        made integer := 0;
      BEGIN
        IF months_ahead IS NULL OR months_ahead NOT BETWEEN 0 AND 24 THEN
          RAISE EXCEPTION 'from 0 to 24 months ahead' USING ERRCODE = 'invalid_parameter_value';
        END IF;
        FOR ahead IN 0 .. months_ahead LOOP
          IF audit_records_make_month((date_trunc('month', clock_timestamp()) + make_interval(months => ahead))::date) THEN
            made := made + 1;
          END IF;
        END LOOP;
        RETURN made;
      END $function$
CREATE OR REPLACE FUNCTION public.audit_records_refuse()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
      BEGIN
        RAISE EXCEPTION 'the audit is append-only' USING ERRCODE = 'insufficient_privilege';
      END $function$
CREATE OR REPLACE FUNCTION public.audit_records_tidy()
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
      BEGIN
        IF NOT pg_try_advisory_xact_lock(7310593858020254340) THEN RETURN; END IF;
        PERFORM gin_clean_pending_list(inhrelid) FROM pg_inherits
          WHERE inhparent = 'public.audit_records_person_idx'::regclass;
      END $function$
CREATE OR REPLACE FUNCTION public.audit_tiles_only_grow()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
      BEGIN
        IF (NEW.chain_id, NEW.level, NEW.index) = (OLD.chain_id, OLD.level, OLD.index)
          AND substring(NEW.hashes FOR length(OLD.hashes)) = OLD.hashes THEN RETURN NEW; END IF;
        RAISE EXCEPTION 'a tree only grows' USING ERRCODE = 'insufficient_privilege';
      END $function$
CREATE OR REPLACE FUNCTION public.audit_trees_only_grow()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
      BEGIN
        IF NEW.chain_id = OLD.chain_id AND NEW.size >= OLD.size THEN RETURN NEW; END IF;
        RAISE EXCEPTION 'a tree only grows' USING ERRCODE = 'insufficient_privilege';
      END $function$
CREATE OR REPLACE FUNCTION public.mandate_scopes_copy()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
      BEGIN
        -- The whole time asked for: confirming an oral mandate must never meet a later one.
        SELECT m.holder_id, m.proxy_id, tstzrange(m.starts_at, coalesce(m.asked_ends_at, m.ends_at)), m.state <> 'ended'
          INTO NEW.holder_id, NEW.proxy_id, NEW.period, NEW.is_live
          FROM mandates m WHERE m.id = NEW.mandate_id;
        RETURN NEW;
      END $function$
CREATE OR REPLACE FUNCTION public.mandates_check_parent()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
      BEGIN
        PERFORM FROM mandates p WHERE p.id = NEW.parent_id AND p.parent_id IS NULL
          AND p.holder_id = NEW.holder_id AND p.proxy_id <> NEW.proxy_id;
        IF NOT FOUND THEN
          RAISE EXCEPTION 'not a parent of this mandate' USING ERRCODE = 'check_violation', CONSTRAINT = 'mandates_parent_check';
        END IF;
        RETURN NEW;
      END $function$
CREATE OR REPLACE FUNCTION public.mandates_need_four_eyes()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
      BEGIN
        IF EXISTS (SELECT FROM registrations r WHERE r.mandate_id = NEW.id AND NOT EXISTS (
          SELECT FROM registration_verdicts v WHERE v.registration_id = r.id AND v.verdict = 'approved')) THEN
          RAISE EXCEPTION 'nobody else has looked at this registration'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'mandates_four_eyes_check';
        END IF;
        RETURN NEW;
      END $function$
CREATE OR REPLACE FUNCTION public.mandates_refuse_revival()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
      BEGIN
        RAISE EXCEPTION 'an ended mandate stays ended' USING ERRCODE = 'check_violation', CONSTRAINT = 'mandates_revival_check';
      END $function$
CREATE OR REPLACE FUNCTION public.mandates_spread()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
      BEGIN
        UPDATE mandate_scopes SET is_live = is_live WHERE mandate_id = NEW.id;
        RETURN NULL;
      END $function$

-- triggers
CREATE TRIGGER audit_checkpoints_refuse BEFORE DELETE OR UPDATE OR TRUNCATE ON public.audit_checkpoints FOR EACH STATEMENT EXECUTE FUNCTION public.audit_records_refuse()
CREATE TRIGGER audit_records_refuse BEFORE DELETE OR UPDATE OR TRUNCATE ON public.audit_records FOR EACH STATEMENT EXECUTE FUNCTION public.audit_records_refuse()
CREATE TRIGGER audit_records_refuse BEFORE DELETE OR UPDATE OR TRUNCATE ON public.audit_records_other FOR EACH STATEMENT EXECUTE FUNCTION public.audit_records_refuse()
CREATE TRIGGER audit_tiles_only_grow BEFORE UPDATE ON public.audit_tiles FOR EACH ROW EXECUTE FUNCTION public.audit_tiles_only_grow()
CREATE TRIGGER audit_tiles_refuse BEFORE DELETE OR TRUNCATE ON public.audit_tiles FOR EACH STATEMENT EXECUTE FUNCTION public.audit_records_refuse()
CREATE TRIGGER audit_trees_only_grow BEFORE UPDATE ON public.audit_trees FOR EACH ROW EXECUTE FUNCTION public.audit_trees_only_grow()
CREATE TRIGGER audit_trees_refuse BEFORE DELETE OR TRUNCATE ON public.audit_trees FOR EACH STATEMENT EXECUTE FUNCTION public.audit_records_refuse()
CREATE TRIGGER mandate_scopes_copy BEFORE INSERT OR UPDATE ON public.mandate_scopes FOR EACH ROW EXECUTE FUNCTION public.mandate_scopes_copy()
CREATE TRIGGER mandates_check_parent BEFORE INSERT OR UPDATE OF parent_id, holder_id, proxy_id ON public.mandates FOR EACH ROW WHEN ((new.parent_id IS NOT NULL)) EXECUTE FUNCTION public.mandates_check_parent()
CREATE TRIGGER mandates_need_four_eyes BEFORE UPDATE OF state ON public.mandates FOR EACH ROW WHEN (((old.state = 'draft'::text) AND (new.state <> ALL (ARRAY['draft'::text, 'ended'::text])))) EXECUTE FUNCTION public.mandates_need_four_eyes()
CREATE TRIGGER mandates_refuse_revival BEFORE UPDATE ON public.mandates FOR EACH ROW WHEN ((old.state = 'ended'::text)) EXECUTE FUNCTION public.mandates_refuse_revival()
CREATE TRIGGER mandates_spread AFTER UPDATE OF starts_at, ends_at, asked_ends_at, state ON public.mandates FOR EACH ROW EXECUTE FUNCTION public.mandates_spread()

-- policies

-- grants
GRANT DELETE, INSERT, SELECT ON public.ask_first TO mandaat_app
GRANT DELETE, INSERT, SELECT ON public.challenges TO mandaat_app
GRANT DELETE, INSERT, SELECT ON public.changes TO mandaat_app
GRANT DELETE, INSERT, SELECT ON public.sign_ins TO mandaat_app
GRANT DELETE, INSERT, SELECT, UPDATE ON public.access_requests TO mandaat_app
GRANT DELETE, INSERT, SELECT, UPDATE ON public.code_budget_entries TO mandaat_app
GRANT DELETE, INSERT, SELECT, UPDATE ON public.contact_changes TO mandaat_app
GRANT DELETE, INSERT, SELECT, UPDATE ON public.contract_holders TO mandaat_app
GRANT DELETE, INSERT, SELECT, UPDATE ON public.demo_inbox TO mandaat_app
GRANT DELETE, INSERT, SELECT, UPDATE ON public.grant_drafts TO mandaat_app
GRANT DELETE, INSERT, SELECT, UPDATE ON public.idempotency_keys TO mandaat_app
GRANT DELETE, INSERT, SELECT, UPDATE ON public.mandate_contracts TO mandaat_app
GRANT DELETE, INSERT, SELECT, UPDATE ON public.mandate_requests TO mandaat_app
GRANT DELETE, INSERT, SELECT, UPDATE ON public.mandate_scopes TO mandaat_app
GRANT DELETE, INSERT, SELECT, UPDATE ON public.reaches TO mandaat_app
GRANT DELETE, INSERT, SELECT, UPDATE ON public.sessions TO mandaat_app
GRANT DELETE, INSERT, SELECT, UPDATE ON public.staff_sessions TO mandaat_app
GRANT DELETE, INSERT, SELECT, UPDATE ON public.webhook_deliveries TO mandaat_app
GRANT DELETE, INSERT, SELECT, UPDATE ON public.webhooks TO mandaat_app
GRANT EXECUTE ON FUNCTION public.audit_records_prepare(integer) TO mandaat_app
GRANT EXECUTE ON FUNCTION public.audit_records_tidy() TO mandaat_app
GRANT INSERT, SELECT ON public.audit_checkpoints TO mandaat_app
GRANT INSERT, SELECT ON public.audit_records TO mandaat_app
GRANT INSERT, SELECT ON public.audit_tiles TO mandaat_app
GRANT INSERT, SELECT ON public.audit_trees TO mandaat_app
GRANT INSERT, SELECT ON public.change_epochs TO mandaat_app
GRANT INSERT, SELECT ON public.code_uses TO mandaat_app
GRANT INSERT, SELECT ON public.executions TO mandaat_app
GRANT INSERT, SELECT ON public.legal_evidence TO mandaat_app
GRANT INSERT, SELECT ON public.legal_verdicts TO mandaat_app
GRANT INSERT, SELECT ON public.life_events TO mandaat_app
GRANT INSERT, SELECT ON public.mandate_evidence TO mandaat_app
GRANT INSERT, SELECT ON public.obligations TO mandaat_app
GRANT INSERT, SELECT ON public.policies TO mandaat_app
GRANT INSERT, SELECT ON public.policy_activations TO mandaat_app
GRANT INSERT, SELECT ON public.registration_verdicts TO mandaat_app
GRANT INSERT, SELECT ON public.registrations TO mandaat_app
GRANT INSERT, SELECT ON public.representations TO mandaat_app
GRANT INSERT, SELECT ON public.statements TO mandaat_app
GRANT INSERT, SELECT ON public.unmasking_verdicts TO mandaat_app
GRANT INSERT, SELECT ON public.unmaskings TO mandaat_app
GRANT INSERT, SELECT ON public.verifications TO mandaat_app
GRANT INSERT, SELECT, UPDATE ON public.access_callbacks TO mandaat_app
GRANT INSERT, SELECT, UPDATE ON public.agent_attestations TO mandaat_app
GRANT INSERT, SELECT, UPDATE ON public.agents TO mandaat_app
GRANT INSERT, SELECT, UPDATE ON public.api_keys TO mandaat_app
GRANT INSERT, SELECT, UPDATE ON public.assisted_acts TO mandaat_app
GRANT INSERT, SELECT, UPDATE ON public.audit_chains TO mandaat_app
GRANT INSERT, SELECT, UPDATE ON public.authenticators TO mandaat_app
GRANT INSERT, SELECT, UPDATE ON public.blocks TO mandaat_app
GRANT INSERT, SELECT, UPDATE ON public.calls TO mandaat_app
GRANT INSERT, SELECT, UPDATE ON public.canaries TO mandaat_app
GRANT INSERT, SELECT, UPDATE ON public.canary_alarms TO mandaat_app
GRANT INSERT, SELECT, UPDATE ON public.codes TO mandaat_app
GRANT INSERT, SELECT, UPDATE ON public.contact_points TO mandaat_app
GRANT INSERT, SELECT, UPDATE ON public.contracts TO mandaat_app
GRANT INSERT, SELECT, UPDATE ON public.imports TO mandaat_app
GRANT INSERT, SELECT, UPDATE ON public.incidents TO mandaat_app
GRANT INSERT, SELECT, UPDATE ON public.leaver_alarms TO mandaat_app
GRANT INSERT, SELECT, UPDATE ON public.mandates TO mandaat_app
GRANT INSERT, SELECT, UPDATE ON public.message_days TO mandaat_app
GRANT INSERT, SELECT, UPDATE ON public.messages TO mandaat_app
GRANT INSERT, SELECT, UPDATE ON public.passkeys TO mandaat_app
GRANT INSERT, SELECT, UPDATE ON public.people TO mandaat_app
GRANT INSERT, SELECT, UPDATE ON public.software_callers TO mandaat_app
GRANT INSERT, SELECT, UPDATE ON public.support_codes TO mandaat_app
GRANT SELECT ON public.audit_anchors TO mandaat_app
GRANT SELECT ON public.migrations TO mandaat_app
GRANT SELECT, UPDATE ON public.mandate_reminders TO mandaat_app
GRANT UPDATE (cancelled_at) ON public.policy_activations TO mandaat_app
GRANT UPDATE (hashes) ON public.audit_tiles TO mandaat_app
GRANT UPDATE (head) ON public.audit_trees TO mandaat_app
GRANT UPDATE (note_sealed) ON public.obligations TO mandaat_app
GRANT UPDATE (reported_at) ON public.obligations TO mandaat_app
GRANT UPDATE (size) ON public.audit_trees TO mandaat_app
GRANT UPDATE (state) ON public.obligations TO mandaat_app
GRANT UPDATE (told_at) ON public.obligations TO mandaat_app
