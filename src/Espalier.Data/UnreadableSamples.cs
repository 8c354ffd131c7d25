namespace Espalier.Data;

/// <summary>What a loader does about a sample that cannot be read.</summary>
public enum UnreadableSamples
{
    /// <summary>Reading ends with an error that names it.</summary>
    Stop,

    /// <summary>The next sample of the data set that can be read takes its place, label and all; so every batch is full. For training.</summary>
    Replace,

    /// <summary>Its batch goes without it. For measuring, where no sample may count twice.</summary>
    LeaveOut,
}
