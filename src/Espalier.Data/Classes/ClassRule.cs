namespace Espalier.Data;

/// <summary>How the classes of a data set are mapped to the outputs of a network.</summary>
public enum ClassRule
{
    /// <summary>A class is the output whose label equals its name. If the network has no labels, its outputs get the names of the data's classes, in order.</summary>
    Name,

    /// <summary>A class's name is the index of its output, from 0, as for class folders <c>0</c>, <c>1</c>, … <c>10</c>. Outputs without labels get those names.</summary>
    Number,

    /// <summary>Class <c>i</c> is output <c>i</c>, and the classes' names replace the network's labels.</summary>
    Order,
}
