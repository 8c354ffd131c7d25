namespace Espalier.Data;

/// <summary>How a loader handles samples that cannot be read.</summary>
public enum UnreadableSamples
{
    /// <summary>Reading ends with an error that names the sample.</summary>
    Stop,

    /// <summary>The next readable sample of the data set replaces it, with its label, so every batch is full. For training.</summary>
    Replace,

    /// <summary>The sample is left out of its batch. For evaluation, where no sample may count twice.</summary>
    Skip,
}
