"""
Trains the network of web/media/voice/network.ts and writes its tables. Usage: train.py WEIGHTS.ts SCENES..., each SCENES the
path that scenes.ts wrote, without .x and .y. Knows features as columns of numbers.
"""
import base64, sys
import numpy as np
import torch

FEATURES, STEPS, HIDDEN, EPOCHS, BATCH = 32, 1000, 24, 14, 24


class Net(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.inputs = torch.nn.Linear(FEATURES, HIDDEN)
        self.gru = torch.nn.GRU(HIDDEN, HIDDEN, batch_first=True)
        self.output = torch.nn.Linear(HIDDEN, 1)

    def forward(self, rows):
        states, _ = self.gru(torch.tanh(self.inputs(rows)))
        return self.output(states)[..., 0]


def load(paths):
    rows, labels = [], []
    for path in paths:
        x, y = np.fromfile(path + '.x', np.float32), np.fromfile(path + '.y', np.uint8)
        scenes = min(len(x) // (FEATURES * STEPS), len(y) // STEPS)
        rows.append(x[:scenes * STEPS * FEATURES].reshape(scenes, STEPS, FEATURES))
        labels.append(y[:scenes * STEPS].reshape(scenes, STEPS))
    return np.concatenate(rows), np.concatenate(labels)


def loss_of(scores, labels):
    voice = (labels == 1).float()
    probability = torch.sigmoid(scores.detach())
    # Nobody cares about 2; a false alarm costs more the surer it is.
    weight = (labels != 2).float() * torch.where(voice > 0, 1.0, 1.5 * (1 + 3 * probability ** 2))
    each = torch.nn.functional.binary_cross_entropy_with_logits(scores, voice, reduction='none')
    return (each * weight).sum() / weight.sum()


def write(path, net, mean, deviation):
    """The standardisation of the features is folded into the first layer."""
    tables = {name: value.numpy().astype(np.float64) for name, value in net.state_dict().items()}
    first = tables['inputs.weight']
    order = [first / deviation, tables['inputs.bias'] - first @ (mean / deviation),
             tables['gru.weight_ih_l0'], tables['gru.bias_ih_l0'], tables['gru.weight_hh_l0'], tables['gru.bias_hh_l0'],
             tables['output.weight'], tables['output.bias']]
    scales = [np.abs(table).max() / 32767 for table in order]
    raw = b''.join(np.round(table / scale).astype('<i2').tobytes() for table, scale in zip(order, scales))
    with open(path, 'w') as out:
        out.write('/** The tables of network.ts, each with its scale. Written by test/lab/voice/train/train.py; not to be edited. */\n')
        out.write(f'export const HIDDEN = {HIDDEN};\n')
        out.write(f'export const SCALES: readonly number[] = [{", ".join(f"{scale:.6g}" for scale in scales)}];\n')
        out.write(f"export const WEIGHTS =\n  '{base64.b64encode(raw + bytes(-len(raw) % 3)).decode()}';\n")


torch.manual_seed(1)
torch.set_num_threads(1)
rows, labels = load(sys.argv[2:])
mean = rows.reshape(-1, FEATURES).mean(0).astype(np.float64)
deviation = rows.reshape(-1, FEATURES).std(0).astype(np.float64) + 1e-3
rows = torch.tensor((rows - mean) / deviation).half()
labels = torch.tensor(labels)
net = Net()
optimizer = torch.optim.AdamW(net.parameters(), 3e-3, weight_decay=1e-3)
batches = len(rows) // BATCH
schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 4e-3, total_steps=EPOCHS * batches + 1)
for epoch in range(EPOCHS):
    order = torch.randperm(len(rows))
    total = 0.0
    for batch in range(batches):
        some = order[batch * BATCH:(batch + 1) * BATCH]
        loss = loss_of(net(rows[some].float()), labels[some])
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        total += loss.item()
    print(f'epoch {epoch}: {total / batches:.4f}', flush=True)
torch.save({'net': net.state_dict(), 'm': mean, 's': deviation, 'H': HIDDEN}, sys.argv[1] + '.pt')
write(sys.argv[1], net, mean, deviation)
