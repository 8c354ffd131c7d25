namespace Espalier.Formats;

/// <summary>Something in a checkpoint beside the state_dict: an epoch, an accuracy, an optimizer's state.</summary>
/// <param name="Name">What the checkpoint calls it.</param>
/// <param name="Text">What it holds, in words for a reader; long values are cut short.</param>
public readonly record struct CheckpointNote(string Name, string Text);
