namespace Espalier.Data;

/// <summary>A sample that could not be read.</summary>
/// <param name="Index">The sample's index in the data set.</param>
/// <param name="Name">The sample's name in messages.</param>
/// <param name="Reason">The reason, in one line.</param>
public readonly record struct SampleFailure(int Index, string Name, string Reason)
{
    /// <summary>Name and reason in one line; the name is not repeated where the reason contains it.</summary>
    public override string ToString() => Reason.Contains(Name, StringComparison.Ordinal) ? Reason : $"{Name}: {Reason}";
}
