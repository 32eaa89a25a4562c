import { ArrayMaxSize, ArrayUnique, IsArray, Matches, MaxLength } from 'class-validator';

import type { ActionGroup, AskFirst } from './ask-first.service.ts';

/** More groups than any policy has. */
const MOST = 100;

export class AskFirstRequest {
  /** Groups of actions about which they want to be asked first; none = about no group. */
  @IsArray()
  @ArrayMaxSize(MOST)
  @ArrayUnique()
  @MaxLength(64, { each: true })
  @Matches(/^[a-z][a-z0-9_]*$/, { each: true, message: 'must be names such as billing' })
  scopes: string[];
}

export class ActionGroupResponse {
  /** @example billing */
  scope: string;
  title: string;
  /** What belongs to it, in words. */
  actions: string[];
  ask_first: boolean;

  static of({ scope, title, actions, isAskedFirst }: ActionGroup): ActionGroupResponse {
    return Object.assign(new ActionGroupResponse(), { scope, title, actions: [...actions], ask_first: isAskedFirst });
  }
}

export class AskFirstResponse {
  groups: ActionGroupResponse[];
  /** Whether a code reaches them now. If not, what they want to be asked about is not done. */
  can_be_asked: boolean;

  static of({ groups, canBeAsked }: AskFirst): AskFirstResponse {
    return Object.assign(new AskFirstResponse(), {
      groups: groups.map((group) => ActionGroupResponse.of(group)),
      can_be_asked: canBeAsked,
    });
  }
}
