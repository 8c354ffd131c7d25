namespace Espalier.Data;

/// <summary>How the classes of a data set become outputs of a network.</summary>
public enum ClassRule
{
    /// <summary>A class is the output whose label is its name. Where the network has no labels, the data's classes name its outputs in their order.</summary>
    Name,

    /// <summary>A class's name is the number of its output, from 0: class folders that are called <c>0</c>, <c>1</c>, … <c>10</c>. Outputs without labels get those names.</summary>
    Number,

    /// <summary>The data's classes are the network's outputs in their order, and their names replace the network's labels.</summary>
    Order,
}
