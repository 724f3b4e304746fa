"""What a client shows: events applied one after the other."""

from wire import check


def reduced(all_events, items=None):
    """The items that a client has after events, by id in their order."""
    items = {} if items is None else items
    for e in all_events:
        kind = e["type"]
        if kind == "thread.item.added":
            check(e["item"]["id"] not in items, f"{e['item']['id']} is added twice")
            items[e["item"]["id"]] = e["item"]
        elif kind in ("thread.item.done", "thread.item.replaced"):
            before = items.get(e["item"]["id"])
            if kind == "thread.item.done" and before and before["type"] == "assistant_message":
                check(before == e["item"], f"what was streamed is\n  {before}\nand done is\n  {e['item']}")
            items[e["item"]["id"]] = e["item"]
        elif kind == "thread.item.removed":
            del items[e["item_id"]]
        elif kind == "thread.item.updated":
            update(items[e["item_id"]], e["update"])
    return items


def update(item, u):
    kind = u["type"].removeprefix("assistant_message.content_part.")
    if kind == u["type"]:
        return workflow(item, u)
    if kind == "added":
        check(len(item["content"]) == u["content_index"], "a part is added out of its turn")
        item["content"].append(u["content"])
        return None
    part = item["content"][u["content_index"]]
    if kind == "text_delta":
        part["text"] += u["delta"]
    elif kind == "annotation_added":
        check(len(part["annotations"]) == u["annotation_index"], "an annotation is added out of its turn")
        part["annotations"].append(u["annotation"])
    elif kind == "done":
        check(part == u["content"], f"what was streamed is\n  {part}\nand done is\n  {u['content']}")
    return None


def workflow(item, u):
    tasks = item["workflow"]["tasks"]
    if u["type"] == "workflow.task.added":
        check(len(tasks) == u["task_index"], "a task is added out of its turn")
        tasks.append(u["task"])
    elif u["type"] == "workflow.task.updated":
        tasks[u["task_index"]] = u["task"]
