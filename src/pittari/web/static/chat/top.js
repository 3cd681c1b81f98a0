// Who one is, and in which room.

import { address } from "./pictures.js";
import { ROOMS, element } from "./room.js";

/** @typedef {typeof ROOMS[number]} Room */

/** The choice of people and rooms; made once, so that the focus stays where it is. */
export class Top {
  /**
   * @param {HTMLElement} cast
   * @param {HTMLElement} rooms
   */
  constructor(cast, rooms) {
    this.cast = cast;
    this.rooms = rooms;
  }

  /**
   * @param {import("./people.js").Face[]} faces
   * @param {{ be: (self: string) => void, enter: (room: Room) => void }} acts
   */
  open(faces, acts) {
    this.cast.append(...faces.map(faceChoice));
    this.rooms.append(...ROOMS.map(roomButton));
    this.cast.addEventListener("change", ({ target }) => {
      if (target instanceof HTMLInputElement) acts.be(target.value);
    });
    this.rooms.addEventListener("click", ({ target }) => {
      const button = target instanceof Element ? target.closest("button") : null;
      if (button) acts.enter(/** @type {Room} */ (button.dataset.room));
    });
  }

  /**
   * @param {string} self
   * @param {Room} room
   * @param {(room: Room) => { name: string, said: string }} told
   */
  draw(self, room, told) {
    for (const box of this.cast.querySelectorAll("input")) box.checked = box.value === self;
    for (const button of this.rooms.querySelectorAll("button")) {
      const own = /** @type {Room} */ (button.dataset.room);
      button.ariaCurrent = own === room ? "true" : null;
      const { name, said } = told(own);
      const [title, last] = button.children;
      title.textContent = name;
      last.textContent = said;
    }
  }
}

/** @param {import("./people.js").Face} face */
function faceChoice({ id, name, face }) {
  const label = element("label", "face-choice");
  const box = document.createElement("input");
  Object.assign(box, { type: "radio", name: "self", value: id });
  const picture = document.createElement("img");
  Object.assign(picture, { src: face ? address(face) : "/static/icon.svg", alt: "", width: 64, height: 64 });
  label.append(box, picture, element("span", "face-name", name));
  return label;
}

/** @param {Room} room */
function roomButton(room) {
  const item = element("li", "");
  const button = element("button", "room");
  button.dataset.room = room;
  button.append(element("span", "room-name"), element("span", "room-last"));
  item.append(button);
  return item;
}
