-- Surveys as a component of external sites. The old code writes neither of the new values, so both
-- run side by side.

ALTER TABLE module_components DROP CONSTRAINT module_components_kind_check,
  ADD CONSTRAINT module_components_kind_check
    CHECK (kind IN ('knowledge_search', 'case_create', 'chat', 'survey'));
ALTER TABLE survey_answers DROP CONSTRAINT survey_answers_door_check,
  ADD CONSTRAINT survey_answers_door_check CHECK (door IN ('link', 'portal', 'widget'));
