namespace Espalier.Formats;

/// <summary>An entry of a checkpoint other than the state_dict, such as an epoch, an accuracy or an optimizer's state.</summary>
/// <param name="Name">The entry's key in the checkpoint.</param>
/// <param name="Text">The entry's value as readable text; long values are shortened.</param>
public readonly record struct CheckpointNote(string Name, string Text);
